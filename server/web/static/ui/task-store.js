/**
 * The viewer's tasks on this page: shown as they will be at once, then as the server says. Other screens of the same
 * browser are told, others look when they are looked at and once a minute.
 * @import { App } from "./app.js"
 * @import { Task, TaskPage, TaskQuery, When, WrittenTask } from "./api-types.js"
 */
import { ApiError } from "./api.js";
import { WHENS, isDue, isShown } from "./task-days.js";

const LOOK_EVERY = 60_000;
const CHANNEL = "lf-tasks";
const MOST = 200;

/** Events: "change"; "problem" (detail: { task, error, deed }), something done here that did not hold. */
export class TaskStore extends EventTarget {
  /** @type {"waiting" | "loading" | "ready" | "failed"} */
  phase = "waiting";
  /** @type {unknown} */
  error = null;
  /** @type {ReadonlyMap<string, Task>} */
  tasks = new Map();
  /** How many are to be done by the end of today. */
  due = 0;
  /** The viewer's day, as the server counts it once it was asked. */
  today = "";
  /** @type {string | null} */
  next = null;
  /** @type {When} */
  when = "today-and-tomorrow";
  /** Days of the viewer's own instead, each included; "" where it is open. @type {{ from: string, to: string } | null} */
  range = null;
  /** What is looked for, on whatever day. */
  words = "";
  /** What the viewer gave to team-mates, instead of their own. */
  given = false;
  /** How tasks stand to Salesforce; null where they stay here. @type {TaskPage["salesforce"]} */
  sync = null;
  #load = 0;
  #pending = 0;
  #made = 0;
  #looked = 0;
  #listening = new AbortController();
  /** @type {BroadcastChannel | null} */
  #others = null;

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
  }

  /** The first who shows tasks starts it. @param {When | ""} [when] what is shown, rather than what was chosen last */
  open(when = "") {
    if (this.phase !== "waiting") return;
    this.today = this.app.i18n.day(this.app.now());
    const kept = when || /** @type {When} */ (this.app.storage.getItem("lf-when") ?? "");
    if (WHENS.includes(kept)) this.when = kept;
    const { signal } = this.#listening;
    this.#others = new BroadcastChannel(CHANNEL);
    this.#others.addEventListener("message", () => this.refresh(), { signal });
    document.addEventListener("visibilitychange", () => this.#look(0), { signal });
    window.addEventListener("focus", () => this.#look(0), { signal });
    this.app.addEventListener("tick", () => this.#look(LOOK_EVERY), { signal });
    this.load();
  }

  close() {
    this.#listening.abort();
    this.#others?.close();
  }

  async load() {
    this.phase = "loading";
    this.error = null;
    this.#changed();
    await this.#read((error) => {
      this.phase = "failed";
      this.error = error;
      this.#changed();
    });
  }

  /** Quietly: what is on screen stays when it fails. */
  async refresh() {
    if (this.phase === "ready") await this.#read(() => {});
  }

  async more() {
    if (this.next === null || this.phase !== "ready") return;
    const load = ++this.#load;
    const page = await this.app.api.tasks({ ...this.query, before: this.next }).catch(() => null);
    if (!page || load !== this.#load) return;
    this.tasks = new Map([...this.tasks, ...page.items.map((task) => /** @type {const} */ ([task.id, task]))]);
    this.next = page.next;
    this.#changed();
  }

  /** @param {When} when */
  choose(when) {
    Object.assign(this, { when, range: null, words: "" });
    this.app.storage.setItem("lf-when", when);
    this.load();
  }

  /** Another look for as long as this page is open. @param {{ range?: { from: string, to: string } | null, words?: string, given?: boolean }} look */
  look(look) {
    Object.assign(this, look);
    this.load();
  }

  /** @returns {TaskQuery} */
  get query() {
    const { when, range, words, given } = this;
    return {
      when,
      ...(words ? { q: words } : range ? { ...(range.from ? { from: range.from } : {}), ...(range.to ? { to: range.to } : {}) } : {}),
      ...(given ? { whose: "given" } : {}),
      done: true,
      limit: MOST,
    };
  }

  /** Whether the list shows what is due then. @param {string} due */
  shows(due) {
    const { words, range, when, today } = this;
    if (words) return true;
    return range ? (!range.from || range.from <= due) && (!range.to || due <= range.to) : isShown(when, due, today);
  }

  /** @param {Task} task @param {boolean} done */
  complete(task, done) {
    const shown = { ...task, completed_at: done ? this.app.now().toISOString() : null, overdue: !done && task.due_on < this.today };
    return this.#atOnce(task, shown, "complete", () => this.app.api.moveTask(task.id, done ? "complete" : "reopen"));
  }

  /** @param {Task} task @param {string} until */
  snooze(task, until) {
    const shown = { ...task, due_on: until, overdue: false };
    return this.#atOnce(task, shown, "snooze", () => this.app.api.snoozeTask(task.id, until, task.version));
  }

  /** @param {Task} task */
  delete(task) {
    return this.#atOnce(task, null, "delete", () => this.app.api.deleteTask(task.id, task.version));
  }

  /** @param {Task} task that was deleted */
  restore(task) {
    return this.#atOnce(null, task, "restore", () => this.app.api.moveTask(task.id, "restore"));
  }

  /**
   * Shown at once, and as it was when it does not hold: the form says why.
   * @param {Task | null} task @param {Partial<WrittenTask>} written all of a new one; of another, what is to change
   * @param {Partial<Task>} [shown] how it will look
   * @returns {Promise<Task>}
   */
  async save(task, written, shown) {
    const { api } = this.app;
    const until = shown ? this.#provisional(task, shown) : null;
    if (until) this.#put(task, until);
    this.#pending += 1;
    try {
      const saved = await (task ? api.changeTask(task.id, { ...written, version: task.version }) : api.addTask(/** @type {WrittenTask} */ (written)));
      this.#put(until ?? task, saved);
      this.#others?.postMessage("changed");
      return saved;
    } catch (error) {
      if (until) this.#put(until, task);
      throw error;
    } finally {
      this.#pending -= 1;
    }
  }

  /** @param {Task | null} task @param {Partial<Task>} shown @returns {Task} */
  #provisional(task, shown) {
    const due = shown.due_on ?? task?.due_on ?? this.today;
    const blank = { id: `new-${++this.#made}`, completed_at: null, version: 0, message_id: null, salesforce: null, changed: { by: null, at: this.app.now().toISOString() } };
    return /** @type {Task} */ ({ ...blank, ...task, ...shown, overdue: !task?.completed_at && due < this.today });
  }

  /** What somebody else made of it. @param {Task} task */
  accept(task) {
    this.#put(this.tasks.get(task.id) ?? null, task);
  }

  /**
   * @param {Task | null} before @param {Task | null} after @param {string} deed @param {() => Promise<Task | null>} ask
   * @returns {Promise<Task | null>} the task as the server has it; null when it did not hold
   */
  async #atOnce(before, after, deed, ask) {
    this.#put(before, after);
    this.#pending += 1;
    try {
      const saved = await ask();
      this.#put(after, saved);
      this.#others?.postMessage("changed");
      return saved ?? before;
    } catch (error) {
      const current = error instanceof ApiError ? /** @type {Task | null} */ (error.current) : null;
      const gone = error instanceof ApiError && error.status === 404;
      this.#put(after, gone ? null : (current ?? before), before?.id);
      this.dispatchEvent(new CustomEvent("problem", { detail: { task: before ?? after, error, deed } }));
      return null;
    } finally {
      this.#pending -= 1;
    }
  }

  /** @param {Task | null} before @param {Task | null} after @param {string} [id] when both are null */
  #put(before, after, id = before?.id) {
    const tasks = new Map(this.tasks);
    if (id) tasks.delete(id);
    const mine = !after || (after.assignee.id !== this.app.viewer) === this.given || !this.app.viewer;
    const shows = after && mine && (this.shows(after.due_on) || (after.completed_at !== null && before !== null));
    if (after && shows) tasks.set(after.id, after);
    this.due += this.#counts(after) - this.#counts(before);
    this.tasks = tasks;
    this.#changed();
  }

  /** @param {Task | null} task */
  #counts(task) {
    return Number(Boolean(task && isDue(task, this.today) && (!this.app.viewer || task.assignee.id === this.app.viewer)));
  }

  /** @param {number} atMostEvery in milliseconds */
  #look(atMostEvery) {
    const since = performance.now() - this.#looked;
    if (document.visibilityState === "visible" && since >= atMostEvery) this.refresh();
  }

  /** @param {(error: unknown) => void} failed */
  async #read(failed) {
    const load = ++this.#load;
    this.#looked = performance.now();
    try {
      const page = await this.app.api.tasks(this.query);
      // What was done here meanwhile is newer than this answer, and brings its own.
      if (load !== this.#load || this.#pending) return;
      this.tasks = new Map(page.items.map((task) => [task.id, task]));
      Object.assign(this, { due: page.due, today: page.today, next: page.next, sync: page.salesforce, phase: "ready" });
      this.#changed();
    } catch (error) {
      if (load === this.#load) failed(error);
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
