"use strict";
/** The one thing we put into a compose window: a switch that says whether this mail is tracked, and why not. */
LiveFeed.switchIn = ({ root, sendButtons }, name, toggle) => {
  const STYLE = `
    :host { all: initial; display: inline-flex; vertical-align: middle; color-scheme: light; --ink: light-dark(#16191f, #eceef1); --edge: light-dark(#848c99, #757d8a); }
    :host([data-theme="dark"]) { color-scheme: dark; }
    button { all: unset; display: inline-flex; align-items: center; gap: 6px; height: 28px; margin-inline-start: 8px; padding: 0 6px; border-radius: 6px; cursor: pointer;
      font: 12px/16px "Segoe UI", Roboto, sans-serif; color: light-dark(#464d59, #bcc2cb); }
    button:focus-visible { outline: 2px solid var(--ink); }
    i { width: 30px; height: 18px; border-radius: 9px; background: var(--edge); }
    i::after { content: ""; display: block; width: 12px; height: 12px; margin: 3px; border-radius: 6px; background: light-dark(#fff, #1b1d21); }
    [aria-checked="true"] i { background: var(--ink); }
    [aria-checked="true"] i::after { translate: 12px; }
    [aria-disabled="true"] { cursor: default; i { opacity: .5; } }
    span { max-width: 170px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    @media (forced-colors: active) { i { border: 1px solid; } i::after { background: CanvasText; forced-color-adjust: none; } }`;

  const host = document.createElement("span");
  const [style, button, text] = [document.createElement("style"), document.createElement("button"), document.createElement("span")];
  style.textContent = STYLE;
  button.append(document.createElement("i"), text);
  Object.assign(button, { type: "button", role: "switch", ariaLabel: name });
  host.dataset["livefeed"] = "switch";
  host.attachShadow({ mode: "open" }).append(style, button);
  button.addEventListener("click", () => button.ariaDisabled === "false" && toggle());
  // Gmail has keys of its own.
  for (const kind of ["keydown", "keyup"]) host.addEventListener(kind, (event) => event.stopPropagation());

  return {
    show({ on, able, text: words, why }) {
      text.textContent = words;
      text.lang = document.documentElement.lang;
      // Its title is its description too.
      Object.assign(button, { title: why, ariaChecked: `${on}`, ariaDisabled: `${!able}` });
    },
    place() {
      if (root.contains(host)) return;
      const send = sendButtons()[0];
      const more = send?.nextElementSibling;
      if (send) (more?.matches('[aria-haspopup]') ? more : send).after(host);
      else root.append(host);
      host.dataset["theme"] = LiveFeed.gmail.theme(root);
    },
    remove: () => host.remove(),
  };
};
