/** Where the viewer is signed in; what they don't know they sign out. @import { SignedInDevice } from "./api-types.js" */
import { failure, notice, skeleton } from "./blanks.js";
import { LfElement, icon } from "./element.js";
import { fullTime, timeAgo } from "./format.js";
import { html, nothing, repeat } from "./vendor/lit.js";

export class LfDevices extends LfElement {
  static properties = { ...LfElement.properties, devices: { state: true }, error: { state: true }, problem: { state: true } };

  constructor() {
    super();
    /** @type {SignedInDevice[] | null} */
    this.devices = null;
    /** @type {unknown} */
    this.error = null;
    this.problem = "";
  }

  listen() {
    void this.load();
  }

  async load() {
    this.error = null;
    try {
      this.devices = (await this.of.api.devices()).items;
    } catch (error) {
      this.error = error;
    }
  }

  render() {
    if (this.error) return failure(this.of, this.t("failure.devices"), this.error, () => this.load());
    if (!this.devices) return skeleton(this.of, 1);
    return html`${this.problem ? notice(this.of, this.problem, () => (this.problem = "")) : nothing}
      <ul class="devices">
        ${repeat(this.devices, ({ id }) => id, (device) => this.device(device))}
      </ul>`;
  }

  /** @param {SignedInDevice} device */
  device(device) {
    const { i18n, now } = this.of;
    const name = this.nameOf(device);
    return html`<li>
      ${icon(device.kind === "extension" ? "feed" : "external")}
      <span class="cut"><b>${name}</b> <span class="muted">${this.t(`devices.${device.kind}`)}</span></span>
      <span class="end">
        <time class="muted" datetime=${device.used_at} title=${fullTime(i18n, device.used_at)}>${device.current ? this.t("devices.this") : this.t("devices.used", { time: timeAgo(i18n, device.used_at, now()) })}</time>
        ${device.current ? nothing : html`<button type="button" class="btn" aria-label=${this.t("devices.sign-out-of", { device: name })} @click=${() => this.signOut(device)}>${this.t("devices.sign-out")}</button>`}
      </span>
    </li>`;
  }

  /** @param {SignedInDevice} told */
  nameOf({ device, kind }) {
    if (!device?.client) return this.t(`devices.${kind}`);
    return device.system ? this.t("devices.on", { client: device.client, system: device.system }) : device.client;
  }

  /** @param {SignedInDevice} device */
  async signOut(device) {
    try {
      await this.of.api.signOutDevice(device.id);
      this.devices = this.devices?.filter(({ id }) => id !== device.id) ?? null;
      this.of.toast({ text: this.t("devices.gone") });
    } catch {
      this.problem = this.t("failure.devices-out");
    }
  }
}
customElements.define("lf-devices", LfDevices);
