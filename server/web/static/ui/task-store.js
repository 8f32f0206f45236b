/**
 * The viewer's tasks on this page: shown as they will be at once, then as the server says. Other screens of the same
 * browser are told, others look when they are looked at and once a minute.
 * @import { App } from "./app.js"
 * @import { Task, When, WrittenTask } from "./api-types.js"
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
  /** The viewer's day, as the server counts it. */
  today = "";
  /** @type {string | null} */
  next = null;
  /** @type {When} */
  when = "today-and-tomorrow";
  #load = 0;
  #pending = 0;
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
    const page = await this.app.api.tasks({ when: this.when, done: true, before: this.next, limit: MOST }).catch(() => null);
    if (!page || load !== this.#load) return;
    this.tasks = new Map([...this.tasks, ...page.items.map((task) => /** @type {const} */ ([task.id, task]))]);
    this.next = page.next;
    this.#changed();
  }

  /** @param {When} when */
  choose(when) {
    this.when = when;
    this.app.storage.setItem("lf-when", when);
    this.load();
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

  /** Not at once: a form waits, for it may be refused. @param {Task | null} task @param {WrittenTask} written @returns {Promise<Task>} */
  async save(task, written) {
    const { api } = this.app;
    const saved = await (task ? api.changeTask(task.id, { ...written, version: task.version }) : api.addTask(written));
    this.#put(task, saved);
    this.#others?.postMessage("changed");
    return saved;
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
    const shows = after && (isShown(this.when, after.due_on, this.today) || (after.completed_at !== null && before !== null));
    if (after && shows) tasks.set(after.id, after);
    this.due += Number(Boolean(after && isDue(after, this.today))) - Number(Boolean(before && isDue(before, this.today)));
    this.tasks = tasks;
    this.#changed();
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
      const page = await this.app.api.tasks({ when: this.when, done: true, limit: MOST });
      // What was done here meanwhile is newer than this answer, and brings its own.
      if (load !== this.#load || this.#pending) return;
      this.tasks = new Map(page.items.map((task) => [task.id, task]));
      Object.assign(this, { due: page.due, today: page.today, next: page.next, phase: "ready" });
      this.#changed();
    } catch (error) {
      if (load === this.#load) failed(error);
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
