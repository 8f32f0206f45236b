/** What the scripts in Gmail's page share. */

type Person = { name: string; address: string };

/** A mail being written. `root` holds its fields, its body and Send. */
type Compose = {
  root: HTMLElement;
  body: HTMLElement;
  recipients(): Record<"to" | "cc" | "bcc", Person[]>;
  subject(): string;
  isPlainText(): boolean;
  sendButtons(): HTMLElement[];
};

/** "fallback": not by the attribute we like best. */
type How = "found" | "fallback" | "missing";

type Is = (one: Element) => boolean;

interface Gmail {
  /** The address whose mail this tab shows, in lower case; "" when nothing tells. */
  account(): string;
  /** The open thread, its id in hex; null in a list. */
  thread(): { id: string; people: Person[] } | null;
  /** The rows of a list, each with its thread's id in hex. `place`: where its subject stands, or the row itself. */
  rows(): { element: HTMLElement; place: HTMLElement; threadId: string }[];
  composes(): Compose[];
  isSend: Is;
  /** Whether it leads to a scheduled send: the entry of the menu, or what opens that menu beside Send. */
  opensSchedule: Is;
  /** How each thing was found, of what is open now: for the options page. */
  selfTest(): Record<string, How>;
  /** By the first background that one can't see through. */
  theme(from: Element): "light" | "dark";
  /** `run` soon, and whenever a mail being written, a thread or rows came or went. */
  onChange(run: () => void): void;
  /** What goes wrong inside stays inside. */
  guard<A extends unknown[]>(run: (...given: A) => unknown): (...given: A) => void;
}

/** What the server gave to put into a mail: the tracked addresses of each address, one for each time it occurs. */
type Marks = { pixel: string; notice: string | null; links: Map<string, { tracked_url: string | null }[]> };

/** Why the server will not have it tracked, in words. */
type Refused = { text: string; why: string };

type WrittenLink = { url: string; text: string };

interface Letter {
  /** The links that may be tracked: not those of quoted text, not our own. */
  links(body: Element, home: string): WrittenLink[];
  /** The mail as the rep wrote it: without our pixels and notice, each link with its own address. The id of the message whose pixel it held, or "". */
  restore(body: Element, home: string): string;
  /** The mail as it leaves. Doing it twice is doing it once. */
  track(body: Element, home: string, marks: Marks): void;
}

/** `able`: whether it can be switched. `why` says more than `text`. */
type Sign = { on: boolean; able: boolean; text: string; why: string };

interface Switch {
  show(sign: Sign): void;
  /** Beside Send, where it is not there already. Never while the page tells of a change: that would be one more. */
  place(): void;
  remove(): void;
}

type Answer = { ok: boolean; code?: string; [name: string]: any };

interface Scope {
  ask(type: string, more?: Record<string, unknown>): Promise<Answer>;
  hear(type: string, run: (message: any) => void): void;
  onLeave(run: (why: "updated" | "replaced") => void): void;
  readonly here: boolean;
  gmail: Gmail;
  letter: Letter;
  /** A switch beside Send. */
  switchIn(compose: Compose, name: string, toggle: () => void): Switch;
}

declare var LiveFeed: Scope;
