/** What stands where lines would: nothing yet, nothing that matches, a failure, what is on its way. @import { App } from "./app.js" */
import { ApiError } from "./api.js";
import { icon } from "./element.js";
import { clockTime } from "./format.js";
import { html, nothing } from "./vendor/lit.js";

/** @param {App} app */
export function nothingYet({ i18n, places }) {
  return html`<div class="blank">
    ${icon("eye")}<b>${i18n.t("empty.title")}</b>
    <p>${i18n.t("empty.text")}</p>
    ${places.compose ? html`<a class="btn" href=${places.compose} target="_blank" rel="noopener">${i18n.t("empty.compose")}</a>` : nothing}
  </div>`;
}

/** @param {App} app @param {string} kind that was asked for @param {() => void} clear */
export function noMatch({ i18n }, kind, clear) {
  return html`<div class="blank">
    ${icon("filter")}<b>${i18n.t(`empty.${kind}`)}</b><button type="button" class="btn plain" @click=${clear}>${i18n.t("empty.clear")}</button>
  </div>`;
}

/** What failed, what is still safe, what to do. @param {App} app @param {string} title @param {unknown} error @param {() => void} retry @param {string} [safe] what is said to be safe */
export function failure({ i18n, now, places }, title, error, retry, safe = "") {
  if (error instanceof ApiError && error.status === 401) {
    return html`<div class="blank" role="alert">
      ${icon("user")}<b>${i18n.t("stream.signed-out")}</b><a class="btn" href=${places.signIn}>${i18n.t("stream.sign-in")}</a>
    </div>`;
  }
  const time = clockTime(i18n, now());
  const why = safe ? i18n.t(safe, { time }) : error instanceof ApiError ? i18n.t("failure.status", { status: String(error.status), time }) : i18n.t("failure.network", { time });
  return html`<div class="blank" role="alert">
    ${icon("alert")}<b>${title}</b>
    <p>${why}</p>
    <button type="button" class="btn" @click=${retry}>${i18n.t("action.retry")}</button>
  </div>`;
}

/** An error said where it happened. @param {App} app @param {string} text @param {() => void} dismiss */
export function notice({ i18n }, text, dismiss) {
  return html`<p class="note bad" role="alert">
    ${icon("alert")}<span>${text}</span><button type="button" class="link end" @click=${dismiss}>${i18n.t("action.dismiss")}</button>
  </p>`;
}

/** @param {App} app @param {number} count of rows */
export function skeleton({ i18n }, count) {
  const rows = Array.from({ length: count }, () => html`<div class="skel" aria-hidden="true"><i></i><div><i></i><i></i></div><i></i></div>`);
  return html`<div role="status"><span class="vh">${i18n.t("loading")}</span>${rows}</div>`;
}
