/**
 * Whether this browser calls the viewer, even while no page of ours is open in it.
 * @import { PushState } from "./api-types.js"
 */
import { LfElement, icon } from "./element.js";
import { html, nothing } from "./vendor/lit.js";

/** @typedef {"waiting" | "unable" | "denied" | "off" | "open-only" | "on"} Standing open-only: told while a page is open, for the browser takes no pushes */

export class LfPush extends LfElement {
  static properties = { ...LfElement.properties, standing: { state: true }, failed: { state: true }, said: { state: true }, busy: { state: true } };

  constructor() {
    super();
    /** @type {Standing} */
    this.standing = "waiting";
    this.failed = false;
    this.said = "";
    this.busy = false;
  }

  listen() {
    void this.look();
  }

  render() {
    const { standing } = this;
    if (standing === "waiting") return nothing;
    const works = standing === "on" || standing === "open-only";
    return html`<div class="push">
      <div class="account">
        <div>
          <span class=${`state ${works ? "ok" : "off"}`}>${icon(works ? "check" : "alert", "m")}${this.t(`push.${standing}`)}</span>
          <span class="soft">${this.t(`push.${standing}-text`)}</span>
        </div>
        <div class="acts">
          ${standing === "off" ? this.button("push.turn-on", () => this.turnOn(), "primary") : nothing}
          ${standing === "on" ? this.button("push.try", () => this.tryOut()) : nothing}
          ${works ? this.button("push.turn-off", () => this.turnOff(), "quiet") : nothing}
        </div>
      </div>
      ${this.failed ? html`<p class="err" role="alert">${icon("alert", "m")}${this.t("push.failed")}</p>` : nothing}
      <p class="vh" role="status">${this.said}</p>
    </div>`;
  }

  /** @param {string} label @param {() => Promise<void>} deed @param {string} [look] */
  button(label, deed, look = "") {
    return html`<button type="button" class=${`btn ${look}`} ?disabled=${this.busy} @click=${() => this.doing(deed)}>${this.t(label)}</button>`;
  }

  async look() {
    this.standing = await standing();
  }

  /** @param {() => Promise<void>} deed */
  async doing(deed) {
    this.busy = true;
    this.failed = false;
    this.said = "";
    try {
      await deed();
    } catch {
      this.failed = true;
    }
    this.busy = false;
  }

  async turnOn() {
    const permission = await Notification.requestPermission();
    choose(permission === "granted");
    if (isOn()) await subscribe(this.of.api);
    await this.look();
    this.said = this.t(`push.${this.standing}`);
  }

  async turnOff() {
    await this.of.api.request("DELETE", "/api/v1/push");
    await (await subscription())?.unsubscribe();
    choose(false);
    await this.look();
    this.said = this.t(`push.${this.standing}`);
  }

  async tryOut() {
    await this.of.api.request("POST", "/api/v1/push/try");
    this.said = this.t("push.tried");
  }
}
customElements.define("lf-push", LfPush);

const CHOSEN = "lf-push";
const PATIENCE = 4_000;

/** The viewer's word on this machine: a browser's permission can't be given back from a page. @param {boolean} on */
function choose(on) {
  if (on) localStorage.setItem(CHOSEN, "on");
  else localStorage.removeItem(CHOSEN);
}

/** Whether the viewer wants to be called by this browser, and it may. */
export function isOn() {
  return localStorage.getItem(CHOSEN) === "on" && window.Notification?.permission === "granted";
}

/** @returns {Promise<Standing>} */
async function standing() {
  if (!("Notification" in window) || !(await registered())) return "unable";
  if (Notification.permission === "denied") return "denied";
  if (!isOn()) return "off";
  return (await subscription()) ? "on" : "open-only";
}

/** Null where there is no service worker, and none comes. @returns {Promise<ServiceWorkerRegistration | null>} */
async function registered() {
  const never = new Promise((done) => setTimeout(() => done(null), PATIENCE));
  return navigator.serviceWorker ? Promise.race([navigator.serviceWorker.ready, /** @type {Promise<null>} */ (never)]) : null;
}

/** @returns {Promise<PushSubscription | null>} */
async function subscription() {
  return (await (await registered())?.pushManager?.getSubscription()) ?? null;
}

/**
 * Asks the browser for an address that its push service keeps for us, and tells the server. Where it gives none, pages that are
 * open still call the viewer.
 * @param {import("./api.js").Api} api
 */
async function subscribe(api) {
  const { key } = /** @type {PushState} */ (await api.get("/api/v1/push"));
  const made = await (await registered())?.pushManager?.subscribe({ userVisibleOnly: true, applicationServerKey: key }).catch(() => null);
  if (made) await tellServer(api, made);
}

/** Each session tells it anew, and again when the server's key is another. @param {import("./api.js").Api} api */
export async function renew(api) {
  const made = isOn() ? await subscription() : null;
  if (!made) return;
  const { key, on } = /** @type {PushState} */ (await api.get("/api/v1/push"));
  if (keyOf(made) !== key) {
    await made.unsubscribe();
    await subscribe(api);
  } else if (!on) await tellServer(api, made);
}

/** @param {import("./api.js").Api} api @param {PushSubscription} made */
async function tellServer(api, made) {
  const { endpoint, keys } = made.toJSON();
  await api.request("PUT", "/api/v1/push", { endpoint, keys });
}

/** The server's key that it was made for, base64url. @param {PushSubscription} made */
function keyOf(made) {
  const bytes = new Uint8Array(made.options.applicationServerKey ?? new ArrayBuffer(0));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
