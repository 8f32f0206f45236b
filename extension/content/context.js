"use strict";
/** Tells the worker what this tab is about: the open thread, and who is written to in the mail that has the focus. */
(() => {
  const { gmail, ask, hear, onLeave } = LiveFeed;
  const SETTLES = 250;

  /** @type {Compose | undefined} */
  let writing;
  let told = "";
  let timer = 0;

  const addresses = (/** @type {Person[]} */ people) => people.map(({ address }) => address);

  async function tell() {
    const inFocus = document.activeElement;
    // Whoever goes over to the sidebar still writes the same mail.
    if (inFocus?.id !== "livefeed-host") writing = gmail.composes().find(({ root }) => root.contains(inFocus));
    if (!writing?.root.isConnected) writing = undefined;
    const thread = gmail.thread();
    const compose = writing ? addresses(Object.values(writing.recipients()).flat()) : null;
    const context = { account: gmail.account(), thread: thread?.id ?? "", people: addresses(thread?.people ?? []), compose };
    if (told === (told = JSON.stringify(context))) return;
    // What was not heard is said again at the next occasion.
    if (!(await ask("context", context)).ok) told = "";
  }

  const now = gmail.guard(() => void tell().catch(console.debug));
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(now, SETTLES);
  };

  const listening = new AbortController();
  for (const kind of ["focusin", "focusout", "keyup", "click", "visibilitychange"]) {
    document.addEventListener(kind, soon, { capture: true, signal: listening.signal });
  }
  gmail.onChange(soon);
  hear("accounts", () => {
    told = "";
    soon();
  });
  onLeave(() => {
    clearTimeout(timer);
    listening.abort();
  });
})();
