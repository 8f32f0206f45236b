"use strict";
/**
 * Mails being written: while the rep types, their links are made known to the server; what it acknowledged by then goes into the
 * mail in the moment it is sent. Nothing waits for the server then, and no send is held, repeated or stopped.
 */
(() => {
  const { gmail, letter } = LiveFeed;
  const { guard } = gmail;
  const TYPING = 400;
  const AGAIN = 5_000;
  const KEYS_ALONE = /^(Control|Meta|Shift|Alt)/;

  /**
   * @typedef {object} Writing
   * @property {Compose} compose
   * @property {Switch} [sign]
   * @property {MutationObserver} [watching]
   * @property {boolean} [wanted] by the rep
   * @property {string} [id] of the message, once there is one
   * @property {string} [said] the draft that the server knows
   * @property {boolean} [asking]
   * @property {boolean} [leaving] it was made ready to leave, and not touched since
   * @property {string} [shut] why nobody can be asked about it
   * @property {string} [trouble] why the server gave no answer
   * @property {Refused | null} [refused]
   * @property {Marks | null} [marks]
   * @property {Set<string>} [to] whom the server has decided about
   * @property {number} [timer]
   */

  /** @type {Set<Writing>} */
  const writings = new Set();
  let home = "";
  let tested = "";
  /** @type {Record<string, string>} */
  let words = {};
  const language = document.documentElement.lang;
  /** @type {Map<string, Writing>} by message */
  const left = new Map();
  /** @type {Writing | undefined} whose menu of scheduled sending was opened */
  let scheduling;
  /** @type {Writing | undefined} something in it was pressed last: menus stand outside of what they belong to */
  let pressedIn;

  /** @param {string} type @param {object} more */
  const ask = (type, more) => LiveFeed.ask(type, { account: gmail.account(), ...more });

  function seek() {
    for (const writing of writings) if (!writing.compose.root.contains(writing.compose.body) || !writing.compose.body.isConnected) forget(writing);
    for (const compose of gmail.composes()) {
      if ([...writings].some((one) => one.compose.body === compose.body)) continue;
      const writing = { compose };
      writings.add(writing);
      void begin(writing);
    }
    test();
  }

  function test() {
    const result = gmail.selfTest();
    if (tested !== (tested = JSON.stringify(result))) void ask("self-test", { result });
  }

  /** @param {Writing} writing */
  function forget(writing) {
    const { id, leaving, watching, sign, timer } = writing;
    writings.delete(writing);
    if (id && leaving) left.set(id, writing);
    if (scheduling === writing) scheduling = undefined;
    watching?.disconnect();
    sign?.remove();
    clearTimeout(timer);
  }

  /** @param {Writing} writing */
  async function begin(writing) {
    const { compose } = writing;
    const answer = await ask("compose", { language });
    if (!answer["words"] || !writings.has(writing)) return;
    ({ home, words, shut: writing.shut } = /** @type {any} */ (answer));
    writing.wanted ??= answer["on"];
    if (!writing.sign) {
      writing.sign = LiveFeed.switchIn(compose, words["name"] ?? "", () => {
        writing.wanted = !writing.wanted;
        touched(writing);
      });
      const again = guard(() => touched(writing));
      writing.watching = new MutationObserver(again);
      writing.watching.observe(compose.root, { subtree: true, childList: true, attributeFilter: ["href", "value", "data-hovercard-id"] });
      compose.root.addEventListener("input", again);
    }
    touched(writing, 0);
  }

  /** @param {Writing} writing @param {number} [wait] milliseconds */
  function touched(writing, wait = TYPING) {
    show(writing);
    clearTimeout(writing.timer);
    writing.timer = setTimeout(() => prepare(writing).catch(console.debug), wait);
  }

  /** A draft that comes back after it was made ready to leave: as the rep wrote it, and the same message. @param {Writing} writing */
  function asWritten(writing) {
    const id = letter.restore(writing.compose.body, home);
    if (!id || writing.id || [...writings].some((one) => one.id === id)) return;
    const { marks, to, refused } = left.get(id) ?? {};
    Object.assign(writing, { id, marks, to, refused });
  }

  /** @param {Writing} writing */
  const addresses = ({ compose }) => Object.values(compose.recipients()).flatMap((field) => field.map(({ address }) => address.toLowerCase()));
  /** @param {Writing} writing */
  const may = ({ wanted, compose, shut }) => wanted && !shut && !compose.isPlainText();

  /** @param {Writing} writing */
  async function prepare(writing) {
    const { compose, asking, leaving } = writing;
    writing.sign?.place();
    if (asking || leaving || !LiveFeed.here || !writings.has(writing)) return;
    asWritten(writing);
    test();
    const draft = { subject: compose.subject(), ...compose.recipients(), links: letter.links(compose.body, home) };
    const said = JSON.stringify(draft);
    const to = addresses(writing);
    if (!may(writing) || said === writing.said || !(to[0] || compose.body.textContent?.trim())) return;
    writing.asking = true;
    const answer = await ask("prepare", { draft: { ...draft, id: writing.id }, language });
    writing.asking = false;
    writing.trouble = answer.ok ? "" : answer.code;
    if (answer.ok) {
      const { message, refused } = /** @type {any} */ (answer);
      const { id, pixel_url: pixel, notice_html: notice } = message;
      /** @type {{ url: string, tracked_url: string }[]} */
      const links = message.links;
      const marks = pixel && { pixel, notice, links: Map.groupBy(links, ({ url }) => url) };
      Object.assign(writing, { id, said, refused, marks, to: new Set(to) });
    }
    // It may have changed meanwhile.
    touched(writing, answer.ok ? TYPING : AGAIN);
  }

  /** Only when the server has decided about everybody who will get it. @param {Writing} writing */
  function marksOf(writing) {
    const to = addresses(writing);
    return may(writing) && to[0] && to.every((one) => writing.to?.has(one)) ? writing.marks : null;
  }

  /** In the very moment of sending. @param {Writing} writing */
  function leave(writing) {
    if (!home || writing.compose.isPlainText()) return;
    writing.leaving = true;
    const marks = marksOf(writing);
    if (marks) letter.track(writing.compose.body, home, marks);
    else letter.restore(writing.compose.body, home);
  }

  /** @param {Writing} writing */
  function show(writing) {
    const { compose, wanted, shut, trouble, refused, sign } = writing;
    const marks = marksOf(writing);
    const isKnown = marks && letter.links(compose.body, home).every(({ url }) => marks.links.has(url));
    const state = compose.isPlainText() ? "plain" : !wanted ? "off" : shut || (isKnown ? "on" : refused ? "refused" : trouble || "wait");
    const on = /^(on|wait)$/.test(state);
    const text = words[state] ?? words["failed"] ?? "";
    sign?.show({ on, able: on || state === "off", ...(state === "refused" && refused ? refused : { text, why: text }) });
  }

  /** @param {Event} event */
  const writingOf = ({ target }) => [...writings].find(({ compose }) => compose.root.contains(/** @type {Node} */ (target)));

  /** A click, or a key that does the same. @param {Event} event */
  function pressed(event) {
    const button = /** @type {Element} */ (event.target).closest('button,[role="button"],[role="menuitem"],[selector]');
    const writing = writingOf(event);
    pressedIn = writing ?? pressedIn;
    if (!button) return;
    if (gmail.opensSchedule(button)) scheduling = pressedIn;
    // Its menu and its dialog may stand anywhere. Which of their buttons is the last need not be known.
    else if (scheduling && (!writing || button.matches('[role="menuitem"]'))) leave(scheduling);
    else if (writing && gmail.isSend(button)) leave(writing);
  }

  /** @param {KeyboardEvent} event */
  function keyed(event) {
    const { key, ctrlKey, metaKey } = event;
    const writing = writingOf(event);
    if (key === "Enter" && (ctrlKey || metaKey)) writing && leave(writing);
    else if (key === "Enter" || key === " ") pressed(event);
    if (!KEYS_ALONE.test(key) && !ctrlKey && !metaKey) resumed(event);
  }

  /** The rep goes on writing what was about to leave. @param {Event} event */
  function resumed(event) {
    const writing = writingOf(event);
    if (!writing?.leaving || !writing.compose.body.contains(/** @type {Node} */ (event.target))) return;
    scheduling = undefined;
    writing.leaving = false;
    asWritten(writing);
    touched(writing);
  }

  for (const [kind, run] of Object.entries({ click: pressed, keydown: keyed, pointerdown: resumed, beforeinput: resumed })) {
    addEventListener(kind, guard(/** @type {(event: any) => void} */ (run)), true);
  }
  gmail.onChange(seek);
  LiveFeed.hear("accounts", () => writings.forEach(begin));

  // What was acknowledged before an update still holds, for the mails that are open.
  LiveFeed.onLeave((why) => {
    for (const writing of writings) {
      writing.trouble = why;
      show(writing);
    }
  });
})();
