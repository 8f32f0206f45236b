/** Starts a page of the web app from what the server put into it (see templates/base.html). */
import { Api, App, Stream, TodayStore, isOn, loadI18n, notices, renew } from "./ui/index.js";

/** @import { FeedPage, Me, Message, MessagePage, PersonDetails, Task, TimelinePage, Today } from "./ui/api-types.js" */

/** @typedef {{ id: string, name: string, address: string | null }} Named */

/**
 * @typedef {object} Boot
 * @property {Me} me
 * @property {string} csrf
 * @property {string} locale
 * @property {string} api_base
 * @property {{ feed?: FeedPage | null, lead_feed?: FeedPage, person?: Named | null, profile?: PersonDetails, timeline?: TimelinePage, tasks?: Task[], subscribe?: Named | null, message?: Message, messages?: MessagePage | null, today?: Today, compose_url?: string | null }} [page]
 */

/** @returns {Boot} */
function boot() {
  return JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
}

async function start() {
  const { me, csrf, locale, api_base, page = {} } = boot();
  const api = new Api({ base: api_base, csrf });
  if (!me.time_zone) rememberZone(api, me);
  const app = new App({
    api,
    i18n: await loadI18n(locale, me.time_zone),
    stream: new Stream({ api }),
    places: {
      person: (id) => `/people/${encodeURIComponent(id)}`,
      people: "/people",
      message: (id) => `/messages/${encodeURIComponent(id)}`,
      home: "/",
      live: "/live",
      help: "/help",
      settings: "/settings",
      signIn: "/auth/sign-in",
      compose: page.compose_url ?? null,
      email: (address) => `/compose?${new URLSearchParams({ to: address })}`,
      scores: "/help#scores",
      watchList: "/watch-list",
      leadFeed: "/lead-feed",
    },
    viewer: me.id,
  });
  const store = page.today ? new TodayStore(app, page.today) : null;
  const given = {
    "lf-feed": { first: page.feed ?? null },
    "lf-lead-feed": { first: page.lead_feed ?? null, person: page.person ?? null },
    "lf-window": { first: page.feed ?? null, gmail: me.gmail },
    "lf-mailbox": { first: me.gmail },
    "lf-message": { message: page.message ?? null },
    "lf-messages": { first: page.messages ?? null },
    "lf-person": { person: page.profile ?? null, timeline: page.timeline ?? null, tasks: page.tasks ?? [] },
    "lf-profile": { me },
    "lf-compositions": { me },
    "lf-notifications": { me },
    "lf-preferences": { me },
    "lf-glance": { first: page.feed ?? null },
    "lf-day": { store },
    "lf-today": { store },
    "lf-trend": { store },
  };
  for (const element of document.querySelectorAll("[data-lf]")) {
    Object.assign(element, given[/** @type {keyof typeof given} */ (element.localName)] ?? {}, { app });
  }
  if (page.subscribe) app.subscribe(document, { person: page.subscribe });
  if (location.hash.startsWith("#new=")) write(app);
  install(app, locale).catch(() => {});
  if (!document.querySelector("lf-feed, lf-glance, lf-lead-feed, lf-window")) await follow(app);
}

/** The service worker shows notifications, pushed ones too, and the page for when there is no network. @param {App} app @param {string} locale */
async function install(app, locale) {
  const registration = (await navigator.serviceWorker?.register(`/sw.js?lang=${locale}`).catch(() => null)) ?? null;
  notices.follow(app, () => (isOn() ? registration : null));
  if (registration) await renew(app.api);
}

/** Opened from a notification: a task about what it told. @param {App} app */
function write(app) {
  const { person, subject, message_id } = JSON.parse(decodeURIComponent(location.hash.slice("#new=".length)));
  history.replaceState(null, "", location.pathname + location.search);
  app.tasks.open();
  const name = subject ? app.i18n.t("task.follow-up", { subject }) : "";
  app.writeTask(document, { person, written: { name, message_id, type: "call" } });
}

/** Whoever chose none is where their machine is; the server counts days by it too. @param {Api} api @param {Me} me */
function rememberZone(api, me) {
  me.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  api.changeMe({ time_zone: me.time_zone }).catch(() => {});
}

/** A page without a feed is live too. @param {App} app */
async function follow(app) {
  try {
    app.follow((await app.api.feed({ limit: 1 })).cursor);
  } catch {
    setTimeout(() => follow(app), 5_000);
  }
}

start();
