"use strict";
/**
 * Where things stand in Gmail's page: the only file that knows. By attributes that stayed for years, never by class names, each
 * with a second way where there is one. What is not found is missing: then mail leaves untracked, but it leaves.
 */
LiveFeed.gmail = (() => {
  /** @type {[open: string, places: Record<string, string[]>][]} what shows that they should be there; where they are, best first */
  const PARTS = [
    ["body", {
      // the button whose label holds the address; the page's title comes before it
      account: ['[aria-label*="@"][href*="accounts.google.com"]', '[aria-label*="@"]'],
    }],
    ['[name="to"],[name="subjectbox"],[g_editable]', {
      // what a mail is written in
      body: ['[g_editable="true"]', '[contenteditable="true"]:is([role="textbox"],[aria-multiline])'],
      // hidden fields beside it; else the nearest window with a Send
      draft: ['input[name="composeid"],input[name="draft"]', '[role="dialog"],form'],
      subject: ['input[name="subjectbox"]', 'input[name="subject"]'],
      // who is written to, inside what is named to, cc or bcc; older pages have their addresses in fields of these names
      recipients: ['[role="option"][data-hovercard-id]', "[data-hovercard-id],[email]"],
      // its label ends with the keys that do the same, in every language; else it says "Send"
      send: ['[role="button"]:is([data-tooltip],[aria-label])', '[role="button"],button'],
      // the entry in the menu beside Send; what opens that menu
      schedule: ['[selector="scheduledSend"]', '[aria-haspopup="true"]'],
    }],
    ["[data-message-id]", {
      // the subject above an open thread
      thread: ["h2[data-legacy-thread-id]", "h2[data-thread-perm-id]"],
      // who wrote and got its mails
      people: ["[data-message-id] [email]", '[role="main"] [email]'],
    }],
    // each row of a list, or something inside it; a thread that is open has the same above it
    ['[role="row"]', { rows: ["[data-legacy-thread-id]:not(h2)", "[data-thread-id]"] }],
  ];
  /** @type {Record<string, string[]>} */
  const PLACES = Object.assign({}, ...PARTS.map(([, places]) => places));
  const { body: BODY = [], draft: DRAFT = [], schedule: SCHEDULE = [], thread: THREAD = [], rows: ROWS = [] } = PLACES;
  const TELLING = [...PARTS.slice(1).map(([open]) => open), ...BODY, ...THREAD, ...ROWS].join();
  const KEYS = /[((]\W*(?:Ctrl|Strg|⌘|Cmd)\W*(?:(?:Shift|Maj)\W*)?(?:Ent|Eingabe|Return)/i;
  const WORDS = /^\s*(?:Send|Envoyer|傳送)\s*$/;
  const TITLE = / - ([^\s@]+@[^\s@]+) - [^@]*$/;
  const ADDRESS = /[^\s()<>",;]+@[^\s()<>",;]+/g;

  /** @param {string} place @param {ParentNode} [within] @param {Is} [is] @returns {{ all: HTMLElement[], how: How }} */
  function look(place, within = document, is = () => true) {
    for (const [rank, selector] of (PLACES[place] ?? []).entries()) {
      const all = /** @type {HTMLElement[]} */ ([...within.querySelectorAll(selector)].filter(is));
      if (all[0]) return { all, how: rank ? "fallback" : "found" };
    }
    return { all: [], how: "missing" };
  }

  /** @type {Is} */
  const isShown = (one) => one.checkVisibility();
  /** @type {Is} */
  const isSend = (one) => KEYS.test(one.getAttribute("data-tooltip") + " " + one.ariaLabel) || WORDS.test(one.textContent ?? "");
  /** @param {ParentNode} within */
  const sends = (within) => look("send", within, isSend);

  /** @param {HTMLElement} one @param {string} [long] such as "#thread-f:1790000000000000000"; other kinds tell nothing */
  const threadId = (one, long = "") => one.dataset["legacyThreadId"] ?? (/f:\d+$/.test(long) ? BigInt(long.split("f:")[1] ?? 0).toString(16) : "");

  /** @param {HTMLElement} one @returns {Person} */
  const person = (one) => ({ name: one.dataset["name"] ?? one.getAttribute("name") ?? "", address: one.dataset["hovercardId"] ?? one.getAttribute("email") ?? "" });

  /** @param {Person[]} people */
  const distinct = (people) => [...new Map(people.filter(({ address }) => address.includes("@")).map((one) => [one.address.toLowerCase(), one])).values()];

  /** @param {HTMLElement} body @returns {Compose[]} */
  function composeOf(body) {
    const root = rootOf(body);
    return !root ? [] : [{
      root,
      body,
      recipients: () => ({ to: those(root, "to"), cc: those(root, "cc"), bcc: those(root, "bcc") }),
      subject: () => /** @type {HTMLInputElement | undefined} */ (look("subject", root).all[0])?.value ?? "",
      isPlainText: () => body.contentEditable !== "true" || !!root.querySelector('[name="ishtml"][value="0"]'),
      sendButtons: () => sends(root).all,
    }];
  }

  /** The nearest around the body with the draft's fields and Send, but no other body; else with one of the two. @param {HTMLElement} body */
  function rootOf(body) {
    let best = null;
    for (let at = body.parentElement; at && at !== document.body && !look("body", at).all[1]; at = at.parentElement) {
      const [draft, send] = [at.querySelector(DRAFT[0] ?? ""), sends(at).all[0]];
      if (draft && send) return at;
      if (draft || send) best ??= at;
    }
    return best;
  }

  /** @param {HTMLElement} root @param {string} field */
  function those(root, field) {
    return distinct(
      [...root.querySelectorAll(`[name="${field}"]`)].flatMap((one) => {
        const { value } = /** @type {HTMLInputElement} */ (one);
        return value ? (value.match(ADDRESS) ?? []).map((address) => ({ name: "", address })) : look("recipients", one).all.map(person);
      }),
    );
  }

  /** @param {string} place @returns {How} */
  function howFound(place) {
    const field = document.querySelector('[name="to"]');
    if (place === "account" && TITLE.test(document.title)) return "found";
    if (place === "recipients") return !field ? "missing" : field.querySelector('[role="option"]') ? look(place, field).how : "found";
    return look(place, document, place === "send" ? isSend : undefined).how;
  }

  /** @type {Set<() => void>} */
  const listeners = new Set();
  let told = true;

  function soon() {
    if (told) requestIdleCallback(tell, { timeout: 300 });
    told = false;
  }

  function tell() {
    told = true;
    for (const run of listeners) run();
  }

  /** @param {NodeList} nodes */
  const tells = (nodes) => [...nodes].some((node) => node instanceof Element && (node.matches(TELLING) || node.querySelector(TELLING)));
  const watching = new MutationObserver((records) => {
    if (told && records.some(({ addedNodes, removedNodes }) => tells(addedNodes) || tells(removedNodes))) soon();
  });

  LiveFeed.onLeave(() => {
    listeners.clear();
    watching.disconnect();
  });

  return {
    isSend,

    account: () => (TITLE.exec(document.title)?.[1] ?? look("account").all[0]?.ariaLabel?.match(ADDRESS)?.[0] ?? "").toLowerCase(),

    thread() {
      const head = look("thread", document, isShown).all[0];
      const id = head && threadId(head, head.dataset["threadPermId"]);
      return id ? { id, people: distinct(look("people", document, isShown).all.map(person)) } : null;
    },

    rows: () => look("rows").all.map((one) => ({ element: /** @type {HTMLElement} */ (one.closest('[role="row"],tr,li') ?? one), place: one, threadId: threadId(one, one.dataset["threadId"]) })),

    composes: () => look("body").all.flatMap(composeOf),

    opensSchedule: (one) => SCHEDULE.some((selector, rank) => one.matches(selector) && (!rank || sends(one.parentElement ?? one).all[0])),

    selfTest: () => Object.fromEntries(PARTS.flatMap(([open, places]) => (document.querySelector(open) ? Object.keys(places).map((place) => [place, howFound(place)]) : []))),

    theme(from) {
      for (let at = /** @type {Element | null} */ (from); at; at = at.parentElement) {
        const [red = 0, green = 0, blue = 0, seen = 1] = getComputedStyle(at).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
        if (seen > 0.5) return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 110 ? "dark" : "light";
      }
      return "light";
    },

    onChange(run) {
      if (!listeners.size) {
        watching.observe(document.body, { childList: true, subtree: true });
        addEventListener("hashchange", soon);
      }
      listeners.add(this.guard(run));
      soon();
    },

    guard: (run) => (...given) => {
      try {
        run(...given);
      } catch (error) {
        console.debug("Live Feed:", error);
      }
    },
  };
})();
