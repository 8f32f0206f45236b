/**
 * What all scripts in Gmail share: the way to the worker, and the end. An extension that is reloaded or updated leaves its
 * scripts behind in open tabs; they then take away everything they put there.
 */
/** @type {Scope} */
var LiveFeed = /** @type {any} */ ((() => {
  const LOOK_EVERY = 2_000;
  const TAKE_OVER = "livefeed-take-over";

  /** @type {Set<(why: "updated" | "replaced") => void>} */
  const leaving = new Set();
  /** @type {Map<string, Set<(message: any) => void>>} */
  const hearing = new Map();
  let here = true;

  const isOrphan = () => !chrome.runtime?.id;

  /** @param {"updated" | "replaced"} why */
  function leave(why) {
    if (!here) return;
    here = false;
    clearInterval(looking);
    document.removeEventListener(TAKE_OVER, replaced);
    for (const run of leaving) run(why);
  }

  function replaced() {
    leave("replaced");
  }

  function look() {
    if (isOrphan()) leave("updated");
  }

  /** Never throws and never rejects. @param {string} type @param {Record<string, unknown>} [more] @returns {Promise<{ ok: boolean, code?: string, [name: string]: any }>} */
  async function ask(type, more = {}) {
    if (!here || isOrphan()) {
      look();
      return { ok: false, code: "gone" };
    }
    try {
      return (await chrome.runtime.sendMessage({ type, ...more })) ?? { ok: false, code: "no-answer" };
    } catch {
      look();
      return { ok: false, code: "no-answer" };
    }
  }

  // A script of the version before may still be here; the page itself could only make us leave.
  document.dispatchEvent(new Event(TAKE_OVER));
  document.addEventListener(TAKE_OVER, replaced);
  const looking = setInterval(look, LOOK_EVERY);
  chrome.runtime.onMessage.addListener((message) => {
    for (const run of hearing.get(message?.type) ?? []) run(message);
  });

  return {
    ask,
    /** @param {string} type of what the worker tells @param {(message: any) => void} run */
    hear(type, run) {
      hearing.set(type, (hearing.get(type) ?? new Set()).add(run));
    },
    /** @param {(why: "updated" | "replaced") => void} run takes away what a script put into the page */
    onLeave(run) {
      leaving.add(run);
    },
    /** Whether this script still belongs to an extension. */
    get here() {
      return here && !isOrphan();
    },
  };
})());
