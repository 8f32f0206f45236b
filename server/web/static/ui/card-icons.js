/** Google's names of icons → ours. What has no likeness in the sprite is a dot: a card never shows a broken picture. */
import { icon } from "./element.js";
import { allowed } from "./card-text.js";
import { html } from "./vendor/lit.js";

/** @typedef {Record<string, any>} Json */

const MATERIAL = /** @type {Record<string, string>} */ ({
  ads_click: "click",
  add: "plus",
  add_task: "task",
  alarm: "clock",
  archive: "archive",
  arrow_back: "back",
  bedtime: "moon",
  call: "phone",
  cancel: "x",
  check: "check",
  check_circle: "check",
  close: "x",
  contact_page: "linkedin",
  error: "alert",
  event: "calendar",
  expand_less: "up",
  expand_more: "down",
  filter_list: "filter",
  flag: "flag",
  forward: "forward",
  group: "users",
  help: "help",
  info: "info",
  leaderboard: "rank",
  list: "feed",
  local_fire_department: "flame",
  location_on: "pin",
  mail: "mail",
  mail_off: "mail-x",
  more_horiz: "more",
  more_vert: "more",
  notification_add: "bell",
  notifications: "bell",
  notifications_off: "bell-off",
  open_in_new: "external",
  person: "user",
  person_add: "user-plus",
  phone: "phone",
  phone_disabled: "phone-off",
  picture_in_picture_alt: "pip",
  refresh: "refresh",
  reply: "reply",
  schedule: "clock",
  settings: "settings",
  smart_toy: "bot",
  star: "star",
  task: "task",
  task_alt: "task",
  trending_up: "rise",
  unarchive: "archive-restore",
  unsubscribe: "mail-x",
  verified_user: "shield",
  visibility: "eye",
  visibility_off: "eye-off",
  warning: "alert",
});

/** Our own pictures of what happened, drawn from the sprite: crisp, in the theme's colours, and without asking for a file. */
const PICTURES = /** @type {Record<string, string>} */ ({
  view: "eye",
  click: "click",
  reply: "reply",
  "auto-reply": "moon",
  bounce: "mail-x",
  forwarded: "forward",
  machine: "bot",
  own: "eye-off",
  sent: "mail",
  untracked: "archive",
  "moment-web": "globe",
  "moment-email": "mail-open",
  "moment-milestone": "flag",
  target: "target",
  rise: "rise",
  star: "star",
  flame: "flame",
  watch: "watch",
});
const PICTURE = /\/static\/card\/([a-z-]+)\.png$/;
const MARKETING = /^(moment-|target|rise|star|flame|watch)/;

const KNOWN = /** @type {Record<string, string>} */ ({
  BOOKMARK: "flag",
  CLOCK: "clock",
  DESCRIPTION: "feed",
  EMAIL: "mail",
  EVENT_PERFORMER: "user",
  EVENT_SEAT: "calendar",
  FLIGHT_ARRIVAL: "down",
  FLIGHT_DEPARTURE: "up",
  INVITE: "calendar",
  MAP_PIN: "pin",
  MEMBERSHIP: "shield",
  MULTIPLE_PEOPLE: "users",
  PERSON: "user",
  PHONE: "phone",
  STAR: "star",
  TICKET: "flag",
});

/** @param {Json | undefined} given @param {"" | "m" | "s"} [size] */
export function cardIcon(given, size = "m") {
  if (!given) return "";
  const url = allowed(given["iconUrl"]);
  const alt = typeof given["altText"] === "string" ? given["altText"] : "";
  const kind = PICTURE.exec(url ?? "")?.[1] ?? "";
  if (PICTURES[kind]) return disc(kind, alt);
  if (url) return html`<img class="c-pic ${given["imageType"] === "CIRCLE" ? "round" : ""}" src=${url} alt=${alt} />`;
  const drawn = icon(nameOf(given), size);
  return alt ? html`${drawn}<span class="vh">${alt}</span>` : drawn;
}

/** Whether it is the product's own sign. @param {string | null} url */
export function isSign(url) {
  return url?.endsWith("/static/card/sign.png") ?? false;
}

/** @param {string} kind @param {string} alt */
function disc(kind, alt) {
  const mark = MARKETING.test(kind) ? "mktg" : "mail";
  return html`<span class="c-disc ${mark}">${icon(/** @type {string} */ (PICTURES[kind]), "s")}</span>${alt ? html`<span class="vh">${alt}</span>` : ""}`;
}

/** The sprite's name. @param {Json} given @returns {string} */
export function nameOf(given) {
  return MATERIAL[given["materialIcon"]?.name] ?? KNOWN[given["knownIcon"]] ?? "dot";
}
