"use strict";
/**
 * The sidebar in Gmail: one fixed element, in its shadow root a frame that shows the packaged panel page. Gmail's page makes room
 * for it, so nothing of Gmail's is covered. Folded it is an icon; the panel page draws that too, and says how wide it wants to be.
 */
(() => {
  const TOP = 64; // Gmail's bar with search and account stays free, though it makes room too
  const GAP = 12;
  const ICON = 40;
  const MAIL_NEEDS = 640;
  const NARROWEST = 280;
  const WIDEST = 560;

  const { gmail, ask, hear, onLeave } = LiveFeed;
  let look = { open: true, width: 320 };
  let said = "";

  const host = document.createElement("aside");
  const frame = document.createElement("iframe");
  const edge = document.createElement("div");
  host.id = "livefeed-host";
  host.ariaLabel = frame.title = "Live Feed";
  host.attachShadow({ mode: "closed" }).append(frame, edge);
  Object.assign(edge, { role: "separator", ariaOrientation: "vertical", ariaLabel: chrome.i18n.getMessage("resize"), tabIndex: 0 });
  edge.style.cssText = "position:absolute;inset:16px auto 0 -10px;width:8px;cursor:col-resize;touch-action:none";

  /** @param {Answer} answer */
  function took(answer) {
    if (answer["look"]) look = answer["look"];
    show();
  }

  function show() {
    if (!LiveFeed.here || !host.isConnected) return;
    const fits = innerWidth - look.width - 2 * GAP >= MAIL_NEEDS;
    const open = look.open && fits;
    const theme = gmail.theme(document.querySelector('[role="main"]') ?? document.body);
    const size = open ? `width:${look.width}px;bottom:0` : `width:${ICON}px;height:${ICON}px`;
    host.style.cssText = `all:initial;position:fixed;z-index:10;top:${TOP}px;right:${open ? GAP : 0}px;${size}`;
    frame.style.cssText = `width:100%;height:100%;border:0;border-radius:16px ${open ? "16px 0 0" : "0 0 16px"};color-scheme:${theme}`;
    edge.hidden = !open;
    edge.ariaValueNow = String(look.width);
    host.dataset["state"] = open ? "open" : "closed";
    host.dataset["theme"] = theme;
    makeRoom(open ? look.width + 2 * GAP : ICON);
    if (said !== (said = [open, fits, theme].join())) void ask("look", { shown: open, fits, theme });
  }

  /**
   * Gmail lays itself out to the width of its body, and again when told that the window changed. Once the body is moved, if by
   * nothing, what Gmail fixes to the window's edges keeps to the body's too. @param {number} width
   */
  function makeRoom(width) {
    const { style } = document.body;
    const wanted = width ? `calc(100% - ${width}px)` : "";
    if (style.width === wanted) return;
    Object.assign(style, { width: wanted, minHeight: width ? "100vh" : "", transform: width ? "translate(0)" : "" });
    dispatchEvent(new Event("resize"));
  }

  /** @param {number} width */
  function widen(width) {
    const most = Math.min(WIDEST, innerWidth - 2 * GAP - MAIL_NEEDS);
    look.width = Math.round(Math.max(NARROWEST, Math.min(width, most)));
    show();
  }

  edge.onpointerdown = ({ pointerId, clientX }) => {
    const from = clientX + look.width;
    edge.setPointerCapture(pointerId);
    edge.onpointermove = (moved) => widen(from - moved.clientX);
    edge.onlostpointercapture = () => {
      edge.onpointermove = null;
      void ask("look", { width: look.width });
    };
  };
  edge.onkeydown = ({ key }) => {
    const step = { ArrowLeft: 16, ArrowRight: -16 }[key];
    if (!step) return;
    widen(look.width + step);
    void ask("look", { width: look.width });
  };

  async function start() {
    const answer = await ask("look");
    if (!LiveFeed.here) return;
    document.documentElement.append(host);
    took(answer);
    frame.src = chrome.runtime.getURL("panel.html");
    host.dataset["ready"] = "1";
  }

  const listening = new AbortController();
  addEventListener("resize", (event) => event.isTrusted && show(), listening);
  document.addEventListener("visibilitychange", show, listening);
  gmail.onChange(show);
  hear("look", took);
  onLeave(() => {
    listening.abort();
    makeRoom(0);
    host.remove();
  });
  void start();
})();
