/**
 * The server's API, from any origin: the web app (session and CSRF token) and the extension (bearer token).
 * @import { Assignee, BestBetPage, Campaign, FeedItem, FeedPage, Hit, LeadItem, Me, Message, MessagePage, Notifications, Outcome, Person, PersonPage, Preferences, Problem, SignedInDevice, Subscription, SubscriptionList, Suggestion, TargetPage, Task, TaskPage, TaskQuery, Ticket, Today, WatchedPage, When, WrittenSubscription, WrittenTask } from "./api-types.js"
 */

/** An answer that is no success. `code` is the server's stable name of what was wrong. */
export class ApiError extends Error {
  /** @param {number} status @param {Problem} problem @param {number | null} retryAfter in seconds */
  constructor(status, problem, retryAfter) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.name = "ApiError";
    this.status = status;
    this.code = problem.code ?? "";
    this.fields = problem.errors ?? [];
    /** What a refused change met, as it now is. */
    this.current = problem.current ?? null;
    this.requestId = problem.request_id ?? null;
    this.retryAfter = retryAfter;
  }
}

/** No answer at all. */
export class NetworkError extends Error {
  /** @param {unknown} cause */
  constructor(cause) {
    super("The server can't be reached", { cause });
    this.name = "NetworkError";
  }
}

/**
 * @typedef {object} FeedQuery
 * @property {string} [before]
 * @property {string} [after]
 * @property {number} [limit]
 * @property {string} [kind]
 * @property {boolean} [hidden] with machine traffic
 * @property {string} [message]
 */

export class Api {
  /**
   * @param {object} options
   * @param {string} [options.base] where the server is, such as "https://livefeed.example"; this page's own origin by default
   * @param {string} [options.csrf] for session requests
   * @param {() => Promise<string>} [options.bearer] for requests from elsewhere
   * @param {typeof fetch} [options.fetch]
   */
  constructor({ base = "", csrf = "", bearer, fetch: send = (...args) => fetch(...args) } = {}) {
    this.base = new URL(base || "/", location.href).href.replace(/\/$/, "");
    this.csrf = csrf;
    this.bearer = bearer;
    this.send = send;
  }

  /** @param {FeedQuery} [query] @returns {Promise<FeedPage>} */
  feed(query = {}) {
    return this.get("/api/v1/feed", query);
  }

  /** Moments of own and watched people. @param {{ before?: string, limit?: number, type?: string, whose?: string, person?: string }} [query] @returns {Promise<FeedPage>} */
  leadFeed(query = {}) {
    return this.get("/api/v1/lead-feed", query);
  }

  /** With what the stream leaves out. @param {string} id @returns {Promise<LeadItem>} */
  leadItem(id) {
    return this.get(`/api/v1/lead-feed/items/${encodeURIComponent(id)}`);
  }

  /** @param {{ before?: string, limit?: number }} [query] @returns {Promise<WatchedPage>} */
  watchList(query = {}) {
    return this.get("/api/v1/watch-list", query);
  }

  /** @returns {Promise<SubscriptionList>} */
  subscriptions() {
    return this.get("/api/v1/subscriptions");
  }

  /** @param {WrittenSubscription} written @returns {Promise<Subscription>} */
  subscribe(written) {
    return this.request("POST", "/api/v1/subscriptions", written);
  }

  /** @param {string} id @param {string[]} receivers @returns {Promise<Subscription>} */
  readdress(id, receivers) {
    return this.request("PATCH", `/api/v1/subscriptions/${encodeURIComponent(id)}`, { receivers });
  }

  /** @param {string} id */
  unsubscribe(id) {
    return this.request("DELETE", `/api/v1/subscriptions/${encodeURIComponent(id)}`);
  }

  /** Mails of somebody else's subscription. @param {string} id @param {boolean} refused */
  refuse(id, refused) {
    return this.request(refused ? "PUT" : "DELETE", `/api/v1/subscriptions/${encodeURIComponent(id)}/refusal`);
  }

  /** @param {string} person @param {boolean} watched */
  watch(person, watched) {
    return this.request(watched ? "PUT" : "DELETE", `/api/v1/watch-list/${encodeURIComponent(person)}`);
  }

  /** @param {string} item @returns {Promise<{ hits: Hit[] }>} */
  hits(item) {
    return this.get(`/api/v1/feed/${encodeURIComponent(item)}/hits`);
  }

  /** @param {string} cursor */
  seen(cursor) {
    return this.request("PUT", "/api/v1/feed/seen", { cursor });
  }

  /** @param {string} after @returns {Promise<Ticket>} */
  ticket(after) {
    return this.request("POST", "/api/v1/tickets", { after });
  }

  /** @param {{ q?: string, before?: string, limit?: number }} [query] @returns {Promise<MessagePage>} */
  messages(query = {}) {
    return this.get("/api/v1/messages", query);
  }

  /** @param {string} id @returns {Promise<Message>} */
  message(id) {
    return this.get(`/api/v1/messages/${encodeURIComponent(id)}`);
  }

  /** @param {string} id @param {boolean} archived @returns {Promise<Message>} */
  archive(id, archived) {
    return this.request("POST", `/api/v1/messages/${encodeURIComponent(id)}/${archived ? "archive" : "unarchive"}`);
  }

  /** @param {TaskQuery} query @returns {Promise<TaskPage>} */
  tasks(query) {
    return this.get("/api/v1/tasks", { ...query });
  }

  /** @param {WrittenTask} task @returns {Promise<Task>} */
  addTask(task) {
    return this.request("POST", "/api/v1/tasks", task);
  }

  /** @param {string} id @param {Partial<WrittenTask> & { version: number }} changes @returns {Promise<Task>} */
  changeTask(id, changes) {
    return this.request("PATCH", `/api/v1/tasks/${encodeURIComponent(id)}`, changes);
  }

  /** @param {string} id @param {"complete" | "reopen" | "restore"} deed @returns {Promise<Task>} */
  moveTask(id, deed) {
    return this.request("POST", `/api/v1/tasks/${encodeURIComponent(id)}/${deed}`);
  }

  /** @param {string} id @param {string} until as 2026-11-24 @param {number} version @returns {Promise<Task>} */
  snoozeTask(id, until, version) {
    return this.request("POST", `/api/v1/tasks/${encodeURIComponent(id)}/snooze`, { until, version });
  }

  /** @param {string} id @param {number} version */
  deleteTask(id, version) {
    return this.request("DELETE", `/api/v1/tasks/${encodeURIComponent(id)}?version=${version}`);
  }

  /** @returns {Promise<{ items: Suggestion[], on: boolean }>} */
  suggestions() {
    return this.get("/api/v1/suggestions");
  }

  /** @param {string} id @returns {Promise<Task>} */
  acceptSuggestion(id) {
    return this.request("POST", `/api/v1/suggestions/${encodeURIComponent(id)}/accept`);
  }

  /** @param {string} id @param {"dismiss" | "reopen"} deed */
  decideSuggestion(id, deed) {
    return this.request("POST", `/api/v1/suggestions/${encodeURIComponent(id)}/${deed}`);
  }

  /** @returns {Promise<{ items: Assignee[] }>} */
  assignees() {
    return this.get("/api/v1/tasks/assignees");
  }

  /** @returns {Promise<TargetPage>} */
  targets() {
    return this.get("/api/v1/targets");
  }

  /** @param {{ filter?: string, sort?: string, hidden?: boolean, before?: string, limit?: number }} query @returns {Promise<BestBetPage>} */
  bestBets(query) {
    return this.get("/api/v1/best-bets", query);
  }

  /** For as long as the admin chose. @param {string} person @param {boolean} hidden */
  hideBestBet(person, hidden) {
    const path = `/api/v1/best-bets/${encodeURIComponent(person)}/hidden`;
    return hidden ? this.request("PUT", path, {}) : this.request("DELETE", path);
  }

  /** @param {string[]} people @returns {Promise<{ items: Outcome[] }>} */
  watchMany(people) {
    return this.request("POST", "/api/v1/best-bets/watch", { people });
  }

  /** One each. @param {string[]} people @param {WrittenTask} task @returns {Promise<{ items: Outcome[] }>} */
  addTasks(people, task) {
    return this.request("POST", "/api/v1/best-bets/task", { people, task });
  }

  /** @param {string[]} people @param {number} campaign @returns {Promise<{ items: Outcome[] }>} */
  addToCampaign(people, campaign) {
    return this.request("POST", "/api/v1/best-bets/campaign", { people, campaign });
  }

  /** @returns {Promise<{ items: Campaign[] }>} */
  campaigns() {
    return this.get("/api/v1/campaigns");
  }

  /** @returns {Promise<Today>} */
  today() {
    return this.get("/api/v1/today");
  }

  /** @param {string} query @param {number} limit @returns {Promise<PersonPage>} */
  people(query, limit) {
    return this.get("/api/v1/people", { query, limit });
  }

  /** @param {{ name: string, addresses: string[] }} person @returns {Promise<Person>} */
  addPerson(person) {
    return this.request("POST", "/api/v1/people", person);
  }

  /** @param {string} id */
  deletePerson(id) {
    return this.request("DELETE", `/api/v1/people/${encodeURIComponent(id)}`);
  }

  /** @param {"message" | "person"} kind @param {string} id @param {boolean} muted */
  mute(kind, id, muted) {
    return this.request(muted ? "PUT" : "DELETE", `/api/v1/mutes/${kind}/${encodeURIComponent(id)}`);
  }

  /** @returns {Promise<{ items: SignedInDevice[] }>} */
  devices() {
    return this.get("/api/v1/devices");
  }

  /** @param {string} id */
  signOutDevice(id) {
    return this.request("DELETE", `/api/v1/devices/${encodeURIComponent(id)}`);
  }

  /** @returns {Promise<Me>} */
  me() {
    return this.get("/api/v1/me");
  }

  /** @param {{ locale?: string, time_zone?: string, notifications?: Partial<Notifications>, preferences?: Partial<Preferences> }} changes @returns {Promise<Me>} */
  changeMe(changes) {
    return this.request("PATCH", "/api/v1/me", changes);
  }

  /** The card of a thread of the rep's mailbox, or of addresses. @param {{ thread?: string, addresses?: string[] }} asked @returns {Promise<{ card: Record<string, any> }>} */
  contextCard({ thread, addresses = [] }) {
    return this.get("/api/v1/cards/context", { thread: thread || undefined, addresses: addresses.join(",") || undefined });
  }

  /** @param {string} name of the action @param {{ parameters: Record<string, string>, inputs: Record<string, unknown> }} pressed @returns {Promise<Record<string, any>>} what to show then */
  cardAction(name, pressed) {
    return this.request("POST", `/api/v1/cards/action/${encodeURIComponent(name)}`, pressed);
  }

  /** @param {string} ticket @param {string} after @returns {string} */
  socketUrl(ticket, after) {
    const url = new URL(`${this.base}/ws/feed`);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = new URLSearchParams({ ticket, after, notices: "1" }).toString();
    return url.href;
  }

  /** @param {string} path @param {Record<string, string | number | boolean | undefined>} [query] @returns {Promise<any>} */
  get(path, query = {}) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return this.request("GET", search ? `${path}?${search}` : path);
  }

  /** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
  async request(method, path, body) {
    const response = await this.answer(method, path, body);
    if (response.status === 204) return null;
    if (response.ok) return response.json();
    throw new ApiError(response.status, await problemOf(response), retryAfter(response));
  }

  /** @param {string} method @param {string} path @param {unknown} body @returns {Promise<Response>} */
  async answer(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Accept: "application/json, application/problem+json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (this.csrf && method !== "GET") headers["X-CSRF-Token"] = this.csrf;
    if (this.bearer) headers["Authorization"] = `Bearer ${await this.bearer()}`;
    try {
      return await this.send(this.base + path, {
        method,
        headers,
        credentials: this.bearer ? "omit" : "same-origin",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new NetworkError(cause);
    }
  }
}

/** @param {Response} response @returns {Promise<Problem>} */
async function problemOf(response) {
  try {
    return response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
  } catch {
    return {};
  }
}

/** @param {Response} response @returns {number | null} */
function retryAfter(response) {
  const seconds = Number.parseFloat(response.headers.get("Retry-After") ?? "");
  return Number.isFinite(seconds) ? seconds : null;
}
