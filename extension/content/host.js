/**
 * The sidebar in Gmail: one fixed element with a shadow root of its own, in it a frame that shows the packaged panel page.
 * Gmail's page makes room for it; nothing of Gmail's is covered. Closed, an icon in the panel's place is left.
 */
(() => {
  const HOST = "livefeed-host";
  const RAIL = 56; // Gmail's own strip of icons stays free at the right
  const TOP = 56; // and so does its bar with search and account
  const GAP = 12;
  const NARROWEST = 280;
  const WIDEST = 560;
  const MAIL_NEEDS = 640;

  const STYLE = `
    :host { all: initial; position: fixed; z-index: 10; top: ${TOP}px; bottom: 0; right: ${RAIL}px; width: var(--width); color-scheme: light; }
    :host([data-theme="dark"]) { color-scheme: dark; }
    :host([data-state="closed"]), :host([data-state="updated"]) { width: auto; bottom: auto; }
    iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; border-radius: 16px 16px 0 0; background: light-dark(#fff, #1b1d21); color-scheme: inherit; }
    .edge { position: absolute; inset-block: 16px 0; inset-inline-start: -${GAP / 2 + 4}px; width: 8px; padding: 0; border: 0; background: none; cursor: col-resize; touch-action: none; border-radius: 4px; }
    .edge:hover, .edge:focus-visible { background: light-dark(#16191f, #eceef1); opacity: .25; outline: none; }
    .edge:focus-visible { opacity: 1; }
    .icon { display: none; width: 40px; height: 40px; padding: 0; border: 0; border-radius: 16px 0 0 16px; background: light-dark(#fff, #1b1d21); cursor: pointer; place-items: center; }
    .icon:hover { background: light-dark(#f3f4f7, #23262b); }
    .icon:focus-visible { outline: 2px solid light-dark(#16191f, #eceef1); outline-offset: -4px; }
    .icon svg { width: 18px; height: 18px; }
    .mail { fill: light-dark(#1d6ae5, #5c9dff); } .mktg { fill: light-dark(#9a3bcb, #c583ef); }
    :host(:not([data-state="open"])) :is(iframe, .edge) { display: none; }
    :host(:not([data-state="open"])) .icon { display: grid; }
    @media print { :host { display: none; } }
    @media (forced-colors: active) { .mail, .mktg { fill: CanvasText; } .icon, iframe { border: 1px solid; } }
  `;
  const LOGO = `<svg viewBox="0 0 18 18" aria-hidden="true"><rect class="mail" x="3" y="1.5" width="4.5" height="15" rx="1.5"/><path class="mktg" d="M10.5 1.5h3A1.5 1.5 0 0 1 15 3v2.5h-4.5ZM10.5 7.25H15v3.5h-4.5ZM10.5 12.5H15V15a1.5 1.5 0 0 1-1.5 1.5h-3Z"/></svg>`;

  const { ask, texts, hear, onLeave } = LiveFeed;
  const look = { open: true, width: 320 };

  const host = document.createElement("aside");
  host.id = HOST;
  host.setAttribute("aria-label", "Live Feed");
  const root = host.attachShadow({ mode: "closed" });
  const parts = { style: document.createElement("style"), frame: document.createElement("iframe"), edge: document.createElement("button"), icon: document.createElement("button") };

  async function start() {
    // Gmail puts small frames of its own beside its page; only the page itself has a place for us.
    if (window !== window.top || document.getElementById(HOST)) return;
    build();
    const answer = await ask("look");
    Object.assign(look, answer["look"]);
    if (!LiveFeed.here) return;
    document.body.append(host);
    show();
    host.dataset["ready"] = answer.ok ? "1" : "0";
  }

  function build() {
    const { style, frame, edge, icon } = parts;
    style.textContent = STYLE;
    frame.title = "Live Feed";
    frame.src = chrome.runtime.getURL("panel.html");
    Object.assign(edge, { className: "edge", type: "button", title: texts["resize"] });
    edge.setAttribute("role", "separator");
    edge.setAttribute("aria-orientation", "vertical");
    edge.setAttribute("aria-label", texts["resize"] ?? "");
    edge.addEventListener("pointerdown", drag);
    edge.addEventListener("keydown", nudge);
    Object.assign(icon, { className: "icon", type: "button", innerHTML: LOGO, title: texts["open"] });
    icon.setAttribute("aria-label", texts["open"] ?? "");
    icon.addEventListener("click", () => turn(true));
    root.append(style, edge, frame, icon);
  }

  /** Room is made only where the mail keeps enough; else the sidebar waits as an icon. */
  const fits = () => window.innerWidth - look.width - RAIL >= MAIL_NEEDS;

  function show() {
    const open = look.open && fits();
    const { style } = host;
    host.dataset["state"] = open ? "open" : "closed";
    host.dataset["theme"] = theme();
    style.setProperty("--width", `${look.width}px`);
    parts.edge.setAttribute("aria-valuenow", String(look.width));
    parts.edge.setAttribute("aria-valuemin", String(NARROWEST));
    parts.edge.setAttribute("aria-valuemax", String(WIDEST));
    makeRoom(open ? look.width + GAP : 0);
    void ask("look", { theme: theme() });
  }

  /**
   * Gmail lays itself out to the width of its body, and again when told that the window changed. @param {number} width
   */
  function makeRoom(width) {
    const before = document.body.style.width;
    document.body.style.width = width ? `calc(100% - ${width}px)` : "";
    if (before !== document.body.style.width) queueMicrotask(() => window.dispatchEvent(new Event("resize")));
  }

  /** @param {boolean} open */
  function turn(open) {
    look.open = open;
    void ask("look", { open });
    show();
    if (open) parts.frame.focus();
    else parts.icon.focus();
  }

  /** @param {PointerEvent} event */
  function drag(event) {
    const { edge, frame } = parts;
    const [from, width] = [event.clientX, look.width];
    edge.setPointerCapture(event.pointerId);
    frame.style.pointerEvents = "none";
    const move = (/** @type {PointerEvent} */ moved) => widen(width + from - moved.clientX);
    const end = () => {
      edge.removeEventListener("pointermove", move);
      frame.style.pointerEvents = "";
      void ask("look", { width: look.width });
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("lostpointercapture", end, { once: true });
  }

  /** @param {KeyboardEvent} event */
  function nudge(event) {
    const step = { ArrowLeft: 16, ArrowRight: -16 }[event.key];
    if (!step) return;
    event.preventDefault();
    widen(look.width + step);
    void ask("look", { width: look.width });
  }

  /** @param {number} width */
  function widen(width) {
    look.width = Math.round(Math.min(WIDEST, Math.max(NARROWEST, Math.min(width, window.innerWidth - RAIL - MAIL_NEEDS))));
    show();
  }

  /** Gmail's own background decides, not the system: its themes know light and dark by themselves. */
  function theme() {
    for (const element of [document.querySelector("[role=main]"), document.body, document.documentElement]) {
      for (let at = element; at; at = at.parentElement) {
        const [red = 0, green = 0, blue = 0, seen = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
        if (seen > 0.5) return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 110 ? "dark" : "light";
      }
    }
    return "light";
  }

  const resized = (/** @type {Event} */ event) => event.isTrusted && show();
  window.addEventListener("resize", resized);
  document.addEventListener("visibilitychange", show);
  hear("fold", () => turn(false));

  onLeave((why) => {
    window.removeEventListener("resize", resized);
    document.removeEventListener("visibilitychange", show);
    makeRoom(0);
    host.remove();
    void why;
  });

  void start();
})();
