"use strict";
/**
 * The body of a mail that leaves, changed where it stands: links lead through the tracking host, a pixel stands above quoted
 * text, and nothing else changes. Pixels and links of earlier mails are taken out of it. Which links are tracked is for the
 * server to say; what stands in quoted text is not ours to track. Gmail wrote all of it, so that its own marks of quotes do.
 */
LiveFeed.letter = (() => {
  const QUOTES = '.gmail_quote,.gmail_quote_container,.gmail_attr,blockquote[type="cite" i]';
  const WEB = /^https?:\/\/\S.{0,8000}$/i;
  // Of a token: version, message, recipient; a link's has its number and its target too.
  const MESSAGE = [1, 17];
  const TARGET = 21;

  /** What follows `<home>/<place>/` in an address of ours, also where Gmail's picture proxy stands before it. @param {string} home @param {string} place @param {string | null} [address] */
  function after(home, place, address) {
    const [before, token = ""] = (address ?? "").split(`${home}/${place}/`);
    return !before || before.endsWith("#") ? token : "";
  }

  /** A token says openly what it means, only its signature is secret. @param {string} token */
  function bytesOf(token) {
    try {
      const bytes = Uint8Array.from(atob((token.split(".")[0] ?? "").replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
      return bytes[0] === 1 ? bytes : new Uint8Array();
    } catch {
      return new Uint8Array();
    }
  }

  /** @param {string} token of a pixel */
  function messageOf(token) {
    const hex = Array.from(bytesOf(token).subarray(...MESSAGE), (one) => one.toString(16).padStart(2, "0")).join("");
    return hex && (BigInt(`0x${hex}`) << 2n).toString(32).padStart(26, "0");
  }

  /** @param {Element} body */
  const anchors = (body) => [...body.querySelectorAll("a[href]")].map((one) => ({ one, url: one.getAttribute("href")?.trim() ?? "" }));
  /** @param {Element} body @param {string} home */
  const mayBeTracked = (body, home) => anchors(body).filter(({ one, url }) => WEB.test(url) && !url.startsWith(`${home}/`) && !one.closest(QUOTES));

  return {
    links: (body, home) => mayBeTracked(body, home).map(({ one, url }) => ({ url, text: (one.textContent?.trim() || one.querySelector("img")?.alt || "").replace(/\s+/g, " ").slice(0, 200) })),

    restore(body, home) {
      let message = "";
      for (const one of body.querySelectorAll("img")) {
        const token = after(home, "o", one.getAttribute("src")).split("/")[1];
        if (!token) continue;
        if (!one.closest(QUOTES)) message ||= messageOf(token);
        const notice = one.previousElementSibling;
        if (notice?.childElementCount === 1 && after(home, "opt-out", notice.children[0]?.getAttribute("href"))) notice.remove();
        one.remove();
      }
      for (const { one, url } of anchors(body)) {
        const target = new TextDecoder().decode(bytesOf(after(home, "c", url)).subarray(TARGET));
        if (WEB.test(target)) one.setAttribute("href", target);
      }
      return message;
    },

    track(body, home, { pixel, notice, links }) {
      this.restore(body, home);
      /** @type {Record<string, number>} */
      const times = {};
      for (const { one, url } of mayBeTracked(body, home)) {
        const tracked = links.get(url)?.[(times[url] = (times[url] ?? -1) + 1)]?.tracked_url;
        if (tracked) one.setAttribute("href", tracked);
      }
      const image = Object.assign(new Image(), { src: pixel, width: 1, height: 1, alt: "" });
      image.setAttribute("style", "border:0;width:1px;height:1px");
      const added = [...(notice ? new DOMParser().parseFromString(notice, "text/html").body.childNodes : []), image];
      const quote = body.querySelector(QUOTES);
      if (quote) quote.before(...added);
      else body.append(...added);
    },
  };
})();
