/** What the server says, in /api/v1 and on the stream. Times are RFC 3339 in UTC. */

export type Kind = "view" | "click" | "reply" | "bounce" | "auto-reply" | "moment";
export type MomentType = "web" | "email" | "milestone";
/** Where a line stands: mail and moments of own people, or all moments of own and watched people. */
export type FeedName = "live" | "lead";
export type HitClass = "human" | "proxy-human" | "machine" | "own" | "unknown";

export interface Address {
  name: string;
  address: string;
}

/** How to reach somebody; what is not known is null. */
export interface Contact {
  id: string | null;
  name: string;
  address: string | null;
  phone: string | null;
  linkedin: string | null;
  do_not_call: boolean;
  unsubscribed: boolean;
}

/** Who a line is about. `known`: more than a stranger who answered. */
export interface PersonOfItem extends Contact {
  address: string;
  known: boolean;
  muted: boolean;
}

export interface PersonShort extends Contact {
  id: string;
  title: string | null;
  account: string | null;
}

export interface PhoneNumber {
  kind: "phone" | "mobile" | "fax";
  number: string;
  shown: string;
}

export type ConsentState = "unknown" | "granted" | "denied" | "withdrawn";

/** Somebody outside; the first address is the one to write to. What marketing knows is null where it is not the viewer's to see. */
export interface Person {
  id: string;
  name: string;
  title: string | null;
  account: string | null;
  country: string | null;
  addresses: { address: string; bounced: Record<string, unknown> | null; replied_at: string | null }[];
  phones: PhoneNumber[];
  linkedin: string | null;
  owner: { id: string; name: string } | null;
  score: number | null;
  rise: number | null;
  rose_at: string | null;
  stars: number | null;
  flames: number | null;
  best_bet: boolean;
  watched: boolean;
  do_not_call: boolean;
  unsubscribed: boolean;
  consent: ConsentState;
  known: boolean;
  version: number;
}

/** `owned_elsewhere`: whose they are is said in Salesforce. `knows_marketing`: scores and moments are the viewer's to see. */
export interface PersonDetails extends Person {
  kind: "lead" | "contact" | null;
  website: string | null;
  postal: string | null;
  links: SystemLinks;
  muted: boolean;
  may_decide: boolean;
  owned_elsewhere: boolean;
  knows_marketing: boolean;
  created_at: string | null;
}

/** What is left out stays as it is. */
export interface WrittenPerson {
  name?: string;
  title?: string | null;
  account?: string | null;
  country?: string | null;
  addresses?: string[];
  phones?: { kind: PhoneNumber["kind"]; number: string }[];
  linkedin?: string | null;
  owner?: string | null;
  do_not_call?: boolean;
  unsubscribed?: boolean;
}

export interface PersonPage {
  items: Person[];
  next: string | null;
  count: number | null;
}

/** `item` of mail and marketing, `task` of a task. */
export interface TimelineEntry {
  kind: "mail" | "marketing" | "task";
  at: string;
  item: FeedItem | null;
  task: Task | null;
}

export interface TimelinePage {
  items: TimelineEntry[];
  next: string | null;
  machine: number | null;
}

export interface Consent {
  state: ConsentState;
  at: string | null;
  purpose: string;
  proof: string;
  source: string | null;
  history: { address: string; state: ConsentState; at: string; purpose: string; proof: string; source: string; recorded_at: string; recorded_by: string | null }[];
}

export interface ImportReport {
  preview: boolean;
  created: number;
  updated: number;
  unchanged: number;
  rows: { line: number; field: string; code: string; error: string }[];
  columns: Record<string, string>;
  ignored: string[];
  examples: { name: string; address: string | null; account: string | null }[];
}

export type TaskType = "email" | "call" | "inmail" | "custom";
export type When = "today" | "tomorrow" | "today-and-tomorrow" | "next-7-days" | "all";

export interface Assignee {
  id: string;
  name: string;
}

/** `due_on` is a day without a zone, such as 2026-11-24. */
export interface Task {
  id: string;
  name: string;
  type: TaskType;
  priority: "normal" | "high";
  due_on: string;
  overdue: boolean;
  details: string;
  person: PersonShort | null;
  message_id: string | null;
  assignee: Assignee;
  /** The last change; `by` is null for Salesforce's, and where nobody changed anything yet. */
  changed: { by: string | null; at: string };
  completed_at: string | null;
  version: number;
  /** Null where tasks stay here. `notes`: what both sides had changed, and whose was kept. */
  salesforce: { state: "apart" | "waiting" | "refused" | "synced"; detail: string | null; notes: SyncNote[] } | null;
}

export interface SyncNote {
  field: "name" | "done" | "priority" | "due" | "details" | "user" | "person";
  kept: "ours" | "theirs";
  at: string;
}

export interface TaskPage {
  items: Task[];
  next: string | null;
  due: number;
  today: string;
  salesforce: { at: string | null; works: boolean } | null;
}

/** What tasks are asked for: those of a filter, of days (2026-11-24), or with words, whenever they are due. */
export interface TaskQuery {
  when: When;
  from?: string;
  to?: string;
  q?: string;
  whose?: "given";
  done?: boolean;
  before?: string;
  limit?: number;
}

/** `name` is what the task will be called, `why` what it comes from. */
export interface Suggestion {
  id: string;
  rule: "moment" | "clicked" | "revived" | "bounced" | "silent";
  type: TaskType;
  name: string;
  why: string;
  person: PersonShort;
  message_id: string | null;
  at: string;
}

export interface WrittenTask {
  name: string;
  type: TaskType;
  priority: "normal" | "high";
  due_on: string;
  details: string;
  person_id: string | null;
  message_id: string | null;
  assignee?: string;
}

/** `stars` and `flames` from 0 to 3; null without a score. */
export interface Ranks {
  stars: number | null;
  flames: number | null;
}

/** An interesting moment, as marketing words it. */
export interface Moment {
  id: string;
  type: MomentType;
  description: string;
  source: string | null;
}

export interface Target extends Ranks {
  person: PersonShort;
  score: number;
  rise: number | null;
  rose_at: string | null;
  moment: LastMoment | null;
}

export interface TargetPage {
  items: Target[];
  connected: boolean;
}

/** `code` chooses the text; the other members fill its places (seconds, count, ms …). */
export interface Reason {
  code: string;
  [value: string]: string | number;
}

export interface Place {
  precision: "city" | "country";
  city?: string | null;
  country: string;
}

export interface Device {
  client: string | null;
  system: string | null;
}

export interface Link {
  ordinal: number;
  url: string;
  text: string | null;
}

export interface Forwarded {
  reasons: Reason[];
}

export interface Detail {
  text: string | null;
  code?: string | null;
  address?: string | null;
  state?: string | null;
}

export interface Who extends Ranks {
  person: PersonOfItem | null;
  account: string | null;
  of: number;
  possible: Address[];
  watched: boolean;
  best_bet: boolean;
}

export interface FeedItem {
  id: string;
  cursor: string;
  mark: "mail" | "mktg";
  kind: Kind;
  class: HitClass;
  hidden: boolean;
  removed: boolean;
  count: number;
  first_at: string;
  at: string;
  /** Null for a moment. */
  message: { id: string; subject: string; thread_url: string | null; archived: boolean; muted: boolean } | null;
  /** Null for mail, and once its line is removed. */
  moment: Moment | null;
  who: Who;
  feeds: FeedName[];
  link: Link | null;
  place: Place | null;
  device: Device | null;
  forwarded: Forwarded | null;
  detail: Detail | null;
  /** Why a hidden item is hidden; absent on shown ones. */
  reasons?: Reason[];
}

/** An item of the Lead Feed as its page tells it; the stream leaves out the last two. */
export interface LeadItem extends FeedItem {
  subscription?: string | null;
  links?: SystemLinks;
}

/** Where the person is to be seen in the systems they come from. */
export interface SystemLinks {
  marketo: string | null;
  salesforce: string | null;
}

export interface LastMoment {
  type: MomentType;
  description: string;
  at: string;
}

export interface Watched extends Ranks {
  person: PersonShort;
  own: boolean;
  best_bet: boolean;
  consent: string;
  moment: LastMoment | null;
  since: string;
}

export interface WatchedPage {
  items: Watched[];
  next: string | null;
}

/** `urgency`: how much the score changed in two weeks; `priority`: stars and flames together. */
export interface BestBet extends Ranks {
  person: PersonShort;
  kind: "lead" | "contact";
  score: number | null;
  urgency: number | null;
  priority: number | null;
  best_bet: boolean;
  watched: boolean;
  opportunities: number;
  in_marketo: boolean;
  moment: LastMoment | null;
  hidden_until: string | null;
  links: SystemLinks;
}

/** `counts` by group, and `hidden`, on the first page alone. */
export interface BestBetPage {
  items: BestBet[];
  next: string | null;
  counts: Record<string, number> | null;
  hide_days: number;
}

export interface Outcome {
  person: string;
  outcome: "done" | "not-found" | "full" | "not-yours" | "not-in-marketo" | "refused";
}

export interface Campaign {
  id: number;
  name: string;
  program: string | null;
}

export type SubscriptionKind = "person" | "account" | "type" | "description";

/** `value`: the person's id, the account, the type, or words that all stand in the description. */
export interface Subscription {
  id: string;
  kind: SubscriptionKind;
  value: string;
  person: PersonShort | null;
  by: Assignee;
  receivers: (Assignee & { refused: boolean })[];
  created_at: string;
}

/** `shared`: those of others that write to the viewer. `sends`: whether mails can be sent at all. */
export interface SubscriptionList {
  items: Subscription[];
  shared: Subscription[];
  sends: boolean;
}

export interface WrittenSubscription {
  kind: SubscriptionKind;
  value: string;
  receivers?: string[];
}

export interface FeedPage {
  items: FeedItem[];
  cursor: string;
  next: string | null;
  /** These two of the Live Feed alone. */
  hidden_today?: number;
  seen?: { cursor: string; at: string } | null;
}

export interface FeedChanges {
  items: FeedItem[];
  cursor: string;
  more: boolean;
}

export interface Hit {
  id: string;
  kind: "view" | "click";
  at: string;
  class: HitClass;
  reasons: Reason[];
  link: Link | null;
  recipient: Address | null;
  place: Place | null;
  device: Device | null;
  method: string;
}

export interface Recipient extends Address {
  kind: "to" | "cc" | "bcc";
  person_id: string | null;
  account?: string | null;
  personal: boolean;
  bounced: Detail | null;
  replied_at: string | null;
}

export interface Counts {
  views: number;
  clicks: number;
  replies: number;
  machine: number;
  unknown: number;
  own: number;
  bounces: number;
}

export interface InboundMail {
  id: string;
  kind: "reply" | "bounce" | "auto-reply";
  at: string;
  from: Address;
  detail: Detail | null;
}

export interface MessageSummary {
  id: string;
  subject: string;
  state: "drafted" | "sent" | "expired";
  tracked: boolean;
  sent_at: string | null;
  thread_url: string | null;
  archived: boolean;
  recipients: Recipient[];
  counts: Counts;
}

export interface Message extends MessageSummary {
  links: Link[];
  forwarded: Forwarded | null;
  apple: boolean;
  muted: boolean;
  hits: Hit[];
  mails: InboundMail[];
}

export interface MessagePage {
  items: MessageSummary[];
  next: string | null;
}

/** The newest of today that is not muted; `name` is null when it was one of several. */
export interface Latest {
  kind: Kind;
  at: string;
  name: string | null;
  of: number;
  subject: string;
}

export interface DayCounts {
  day: string;
  reply: number;
  click: number;
  view: number;
  moment: number;
}

export interface Today {
  day: string;
  figures: Record<"reply" | "click" | "view" | "moment", { count: number; people: number }>;
  machine: number;
  rises: number;
  latest: Latest | null;
  tasks: { overdue: number; today: number };
  targets: number;
  days: DayCounts[];
}

export interface Ticket {
  ticket: string;
  expires_in: number;
  behind: number;
}

export interface Me {
  id: string;
  name: string;
  address: string;
  roles: string[];
  workspace: { id: string; name: string };
  locale: string;
  time_zone: string;
  api_version: number;
  gmail: GmailState;
  notifications: Notifications;
  preferences: Preferences;
}

/** `looked_at`: when all there was to see in the mailbox was last seen. `connect_url`: where Gmail access is given (again). */
export interface GmailState {
  state: "ok" | "degraded" | "reconnect-needed" | "admin-blocked" | "not-granted" | "none";
  since: string | null;
  looked_at: string | null;
  connect_url: string;
}

/** How the product works for its user. `digest_at` is an hour where they are, as "07:30". */
export interface Preferences {
  suggestions: boolean;
  reminders: boolean;
  digest: boolean;
  digest_at: string;
  density: "cosy" | "roomy";
  sends_a_minute: number;
}

/** `kinds`: whether to tell of each; nothing is told from `start` to `end` while `on`. */
export interface Notifications {
  kinds: Record<string, boolean>;
  quiet: { on: boolean; start: string; end: string };
  /** Days without a view after which the next is one more. */
  again_after: number;
}

/** `url` leads to the thread in Gmail where there is one, `page` into the web app. */
export interface Notice {
  id: string;
  kind: string;
  title: string;
  text: string;
  page: string;
  url: string;
  phone: string | null;
  draft: { person: { id: string; name: string; address: string } | null; subject: string; message_id: string | null } | null;
  actions: { action: "task" | "call" | "thread"; title: string }[];
}

/** `unread`: how much came since the viewer looked at the feed. */
export interface NoticeList {
  items: Notice[];
  unread: number;
}

/** `on`: whether this browser is told. `mails`: whether a mail server is set up. */
export interface PushState {
  key: string;
  on: boolean;
  mails: boolean;
}

export interface SignedInDevice {
  id: string;
  kind: "web" | "extension";
  device: Device | null;
  signed_in_at: string;
  used_at: string;
  current: boolean;
}

export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: { field: string; message: string }[];
  current?: unknown;
}

export type SearchView = "messages" | "people" | "feed";

/** `query`: the parameters with which its view is asked. */
export interface SavedSearch {
  id: string;
  view: SearchView;
  name: string;
  query: Record<string, string>;
  created_at: string;
}

export interface Colleague {
  id: string;
  name: string;
}

/** Engagement with a colleague's mail; of a removed one nothing but that is told. */
export interface TeamItem {
  id: string;
  cursor: string;
  removed: boolean;
  at: string;
  colleague: Colleague;
  kind?: Kind;
  subject?: string;
  who?: { person: (Address & { id: string | null; known: boolean }) | null; account: string | null; of: number; possible: Address[] };
}

export interface TeamPage {
  items: TeamItem[];
  cursor: string;
  next: string | null;
  colleagues?: Colleague[];
  sharing?: boolean;
}

/** Whom a mail written here is for. `person_id` null: nobody we know. */
export interface Reader {
  name: string;
  address: string;
  person_id: string | null;
  unsubscribed: boolean;
}

export interface WrittenComposition {
  to: { name: string; address: string }[];
  cc: { name: string; address: string }[];
  bcc: { name: string; address: string }[];
  subject: string;
  html: string;
  from: string | null;
  tracked: boolean;
  separate: boolean;
  signed: boolean;
  thread_id: string | null;
}

export interface DecidedTracking {
  allowed: boolean;
  reasons: Reason[];
}

export interface Composition extends Omit<WrittenComposition, "to" | "cc" | "bcc"> {
  id: string;
  state: "draft" | "scheduled" | "sending" | "sent" | "failed";
  to: Reader[];
  cc: Reader[];
  bcc: Reader[];
  send_at: string | null;
  error: string;
  version: number;
  created_at: string;
  updated_at: string;
  tracking: DecidedTracking & { recipients: (DecidedTracking & { address: string })[] };
  mails: { of: number; sent: number; failed: { to: Reader[]; error: string }[]; messages: string[] };
}

export interface CompositionPage {
  items: Composition[];
  next: string | null;
}

/** One mail as its reader gets it. `missing`: placeholders of which nothing is known. */
export interface PreviewedMail {
  to: Reader[];
  from: string;
  subject: string;
  html: string;
  missing: string[];
  tracking: DecidedTracking;
}

/** `signature`: plain words; null when Gmail does not tell. */
export interface Sender {
  address: string;
  name: string;
  signature: string | null;
}

export interface MailTemplate {
  id: string;
  name: string;
  subject: string;
  html: string;
  shared: boolean;
  own: boolean;
  by: string;
  version: number;
  updated_at: string;
}
