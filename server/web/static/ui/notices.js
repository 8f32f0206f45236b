/**
 * Notifications of an open page. The server has decided what is told; of all screens, the one that claims it shows it.
 * @import { App } from "./app.js"
 * @import { Notice, NoticeList } from "./api-types.js"
 */

/** A screen in sight of the viewer is quicker, so that nobody is called to what they look at. */
const OTHERS_FIRST = 800;
const FEEDS = "lf-feed, lf-window";

/** @param {App} app @param {() => ServiceWorkerRegistration | null} shower what shows them; null: nobody is called from here */
export function follow(app, shower) {
  const look = () => void tell(app, shower()).catch(() => {});
  app.stream.addEventListener("notices", look);
  app.stream.addEventListener("state", () => app.stream.state.kind === "live" && look());
  document.addEventListener("visibilitychange", look);
}

/** @param {App} app @param {ServiceWorkerRegistration | null} registration */
async function tell(app, registration) {
  const { items, unread } = /** @type {NoticeList} */ (await app.api.get("/api/v1/notices"));
  const inSight = document.hasFocus() && document.visibilityState === "visible" && document.querySelector(FEEDS) !== null;
  await badge(inSight ? 0 : unread);
  if (!items.length || !(inSight || registration)) return;
  if (!inSight) await new Promise((done) => setTimeout(done, OTHERS_FIRST));
  const { show } = await app.api.request("POST", "/api/v1/notices/claim", { ids: items.map(({ id }) => id) });
  if (!show) return;
  if (!inSight) await registration?.showNotification(show.title, shownAs(show));
  else if (items.some(({ kind }) => kind === "day")) app.toast({ text: [show.title, show.text].filter(Boolean).join(". ") });
}

/** As the service worker shows what is pushed. @param {Notice} notice @returns {NotificationOptions} */
function shownAs(notice) {
  const { id, text, page, url, draft, actions } = notice;
  const options = { body: text, tag: id, icon: "/static/app/192.png", data: { page, url, draft }, actions: actions.filter(({ action }) => action !== "call") };
  return /** @type {NotificationOptions} */ (options);
}

/** On the icon of the installed app. @param {number} unread */
async function badge(unread) {
  await (unread ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.());
}
