/**
 * What the API does with mails written here, and with templates.
 * @import { Api } from "./api.js"
 * @import { Composition, CompositionPage, MailTemplate, PreviewedMail, Sender, WrittenComposition } from "./api-types.js"
 */

/** @typedef {"ask" | "skip" | "anyway"} Choice */

const HERE = "/api/v1/compositions";

export class Compositions {
  /** @param {Api} api */
  constructor(api) {
    this.api = api;
  }

  /** @param {{ state?: string, before?: string, limit?: number }} [query] @returns {Promise<CompositionPage>} */
  list(query = {}) {
    return this.api.get(HERE, query);
  }

  /** @param {string} id @returns {Promise<Composition>} */
  read(id) {
    return this.api.get(`${HERE}/${encodeURIComponent(id)}`);
  }

  /** @param {WrittenComposition} written @returns {Promise<Composition>} */
  add(written) {
    return this.api.request("POST", HERE, written);
  }

  /** @param {string} id @param {WrittenComposition & { version: number }} written @returns {Promise<Composition>} */
  change(id, written) {
    return this.api.request("PUT", `${HERE}/${encodeURIComponent(id)}`, written);
  }

  /** @param {Composition} one */
  remove({ id, version }) {
    return this.api.request("DELETE", `${HERE}/${encodeURIComponent(id)}?version=${version}`);
  }

  /** @param {string} id @returns {Promise<{ items: PreviewedMail[] }>} */
  preview(id) {
    return this.api.get(`${HERE}/${encodeURIComponent(id)}/preview`);
  }

  /** @param {string} id @param {{ version: number, at?: string, missing?: Choice, unsubscribed?: Choice }} how @returns {Promise<Composition>} */
  send(id, how) {
    return this.api.request("POST", `${HERE}/${encodeURIComponent(id)}/send`, how);
  }

  /** @param {string} id @returns {Promise<Composition>} */
  cancel(id) {
    return this.api.request("POST", `${HERE}/${encodeURIComponent(id)}/cancel`);
  }

  /** @returns {Promise<{ items: Sender[] }>} */
  senders() {
    return this.api.get(`${HERE}/senders`);
  }

  /** @returns {Promise<{ items: MailTemplate[] }>} */
  templates() {
    return this.api.get("/api/v1/templates");
  }

  /** @param {MailTemplate | null} template @param {{ name: string, subject: string, html: string, shared: boolean }} written @returns {Promise<MailTemplate>} */
  keepTemplate(template, written) {
    if (!template) return this.api.request("POST", "/api/v1/templates", written);
    return this.api.request("PUT", `/api/v1/templates/${encodeURIComponent(template.id)}`, { ...written, version: template.version });
  }

  /** @param {string} id */
  removeTemplate(id) {
    return this.api.request("DELETE", `/api/v1/templates/${encodeURIComponent(id)}`);
  }
}
