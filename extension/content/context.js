"use strict";
/** What the tab is about: the open thread, or the mail being written in. Told to the worker, and to nobody in the page. */
(() => {
  const { gmail, ask, hear, onLeave } = LiveFeed;
  const TYPING = 300;
  let said = "";
  /** @type {Node | null} where somebody was last at work; the sidebar is not in Gmail's page, so it does not count */
  let at = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function tell() {
    const account = gmail.account();
    if (!account) return;
    const writing = gmail.composes().find(({ root }) => at && root.contains(at));
    const compose = writing && Object.values(writing.recipients()).flatMap((field) => field.map(({ address }) => address));
    const thread = gmail.thread();
    const told = { account, thread: thread?.id ?? "", people: thread?.people.map(({ address }) => address) ?? [], compose: compose ?? null };
    if (said !== (said = JSON.stringify(told))) void ask("context", told);
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(gmail.guard(tell), TYPING);
  }

  /** @param {Event} event */
  function worked({ target }) {
    if (!(target instanceof Element) || target.id === "livefeed-host") return;
    at = target;
    soon();
  }

  const listening = new AbortController();
  for (const kind of ["focusin", "pointerdown", "keyup"]) document.addEventListener(kind, worked, { capture: true, passive: true, signal: listening.signal });
  gmail.onChange(tell);
  hear("accounts", () => {
    said = "";
    tell();
  });
  onLeave(() => {
    clearTimeout(timer);
    listening.abort();
  });
})();
