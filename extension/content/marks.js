"use strict";
/** Marks beside the threads of Gmail's lists of sent mail: ✓ sent with tracking, ✓✓ viewed. */
(() => {
  const { gmail, ask, hear, onLeave } = LiveFeed;
  const LISTS = /^#(?:sent|search|advanced-search|all|label)\b/;
  const MARK = "data-livefeed-mark";
  const FRESH = 60_000; // milliseconds
  const SOON = 3_000; // a mail that just left is not known at once
  const MOST = 200;
  const COLOURS = { light: { sent: "#626a77", viewed: "#1257c2" }, dark: { sent: "#979eaa", viewed: "#82b4ff" } };

  /** @typedef {{ state: "sent" | "viewed", views: number, last_at: string }} Mark */
  /** @type {Map<string, { mark: Mark | null, next: number, wait: number }>} by account and thread; `next`: when it is asked again */
  const known = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let later;

  const key = (/** @type {string} */ thread) => `${gmail.account()}/${thread}`;
  const listed = () => (LISTS.test(location.hash) ? gmail.rows() : []);

  const run = gmail.guard(() => void refresh().catch(console.debug));

  async function refresh() {
    clearTimeout(later);
    const rows = listed();
    draw(rows);
    if (!rows.length || document.hidden) return;
    const now = Date.now();
    const ids = [...new Set(rows.map(({ threadId }) => threadId).filter(Boolean))];
    const threads = ids.filter((one) => (known.get(key(one))?.next ?? 0) <= now).slice(0, MOST);
    // Kept before the answer is there: a list that changes meanwhile does not ask again.
    for (const one of threads) keep(one, known.get(key(one))?.mark ?? null);
    later = setTimeout(run, Math.max(1_000, Math.min(...ids.map((one) => known.get(key(one))?.next ?? 0)) - now));
    if (!threads.length) return;
    const answer = await ask("marks", { account: gmail.account(), threads });
    if (!answer.ok || !LiveFeed.here) return;
    for (const one of threads) Object.assign(known.get(key(one)) ?? {}, { mark: answer["marks"][one] ?? null });
    draw(listed());
  }

  /** Threads without a mark are asked about ever more seldom. @param {string} thread @param {Mark | null} mark */
  function keep(thread, mark) {
    const wait = mark ? FRESH : Math.min(FRESH, (known.get(key(thread))?.wait ?? SOON / 2) * 2);
    known.set(key(thread), { mark, wait, next: Date.now() + wait });
  }

  /** @param {ReturnType<typeof gmail.rows>} rows */
  function draw(rows) {
    const theme = rows[0] ? gmail.theme(rows[0].element) : "light";
    for (const { element, place, threadId } of rows) {
      const mark = known.get(key(threadId))?.mark;
      const shown = element.querySelector(`[${MARK}]`);
      const text = mark ? `${threadId} ${mark.state} ${mark.views} ${theme}` : "";
      if ((shown?.getAttribute(MARK) ?? "") === text) continue;
      shown?.remove();
      if (!mark) continue;
      const made = sign(mark, text, COLOURS[theme][mark.state]);
      if (place === element) (element.firstElementChild ?? element).prepend(made);
      else place.before(made);
    }
  }

  /** @param {Mark} mark @param {string} text @param {string} colour */
  function sign(mark, text, colour) {
    const made = document.createElement("span");
    made.setAttribute(MARK, text);
    made.setAttribute("role", "img");
    made.ariaLabel = made.title = words(mark);
    made.textContent = mark.state === "viewed" ? "✓✓" : "✓";
    made.style.cssText = `color:${colour};font:600 12px/1 system-ui;letter-spacing:-.3em;padding-inline-end:.7em;flex:none`;
    return made;
  }

  /** @param {Mark} mark */
  function words({ state, views, last_at }) {
    const at = new Date(last_at).toLocaleString(chrome.i18n.getUILanguage(), { dateStyle: "medium", timeStyle: "short" });
    const name = state === "sent" ? "markSent" : views === 1 ? "markViewed" : "markViewedTimes";
    return chrome.i18n.getMessage(name, [at, String(views)]);
  }

  gmail.onChange(run);
  document.addEventListener("visibilitychange", run);
  hear("marks", () => {
    for (const one of known.values()) one.next = 0;
    run();
  });
  onLeave(() => {
    clearTimeout(later);
    document.removeEventListener("visibilitychange", run);
    for (const one of document.querySelectorAll(`[${MARK}]`)) one.remove();
  });
})();
