"use strict";
/**
 * The body of a mail that leaves, changed where it stands: links lead through the tracking host, a pixel stands above quoted
 * text, and nothing else changes. Pixels and links of earlier mails are taken out of it. Which links are tracked is for the
 * server to say; what stands in quoted text is not ours to track.
 */
LiveFeed.letter = (() => {
  const QUOTES = `.gmail_quote,.gmail_quote_container,.gmail_attr,.yahoo_quoted,.moz-cite-prefix,.moz-forward-container,.protonmail_quote,
    blockquote[type="cite" i],#mail-editor-reference-message-container`;
  // All that follows these is quoted.
  const BEFORE_THE_REST = '[id="divRplyFwdMsg" i],[id="appendonsend" i],div[style*="border-top" i]';
  const OUTLOOK_LINE = /border-top:\s*solid\s+#[0-9a-f]{6}\s+1(?:\.0)?pt\s*;\s*padding:\s*3(?:\.0)?pt\s+0/i;
  const HTTP = /^(https?):[/\\]*(?=[^/\\])/i;
  const LONGEST = 8192;
  const MOST = 1000;
  // Of a token: version, message, recipient; a link's has its number and its target too.
  const MESSAGE = [1, 17];
  const TARGET = 21;

  /** @param {Element} body */
  function quotesIn(body) {
    const rest = [...body.querySelectorAll(BEFORE_THE_REST)].find((one) => one.id || OUTLOOK_LINE.test(one.getAttribute("style") ?? ""));
    const first = [...body.querySelectorAll(QUOTES)][0];
    /** @type {Is} */
    const holds = (one) => rest === one || follows(rest, one) || body.contains(one.closest(QUOTES)) && one.closest(QUOTES) !== body;
    return { first: follows(rest, first) ? rest : first ?? rest, holds };
  }

  /** @param {Element} [one] @param {Element} [other] */
  const follows = (one, other) => !!one && !!other && !!(one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING);

  /** What a browser follows, as the server writes it. @param {string | null} value */
  function httpUrl(value) {
    const url = (value ?? "").replace(/^[\0-\x20]+|[\0-\x20]+$|[\t\n\r]/g, "");
    const [head = "", scheme = ""] = HTTP.exec(url) ?? [];
    return head && `${scheme.toLowerCase()}://${url.slice(head.length)}`;
  }

  /** What follows `<home>/<place>/` in an address of ours, also where Gmail's picture proxy stands before it. @param {string} home @param {string} place @param {string | null} [address] */
  function after(home, place, address) {
    const [before, token] = (address ?? "").trim().split(`${home}/${place}/`);
    return home && token && (!before || before.endsWith("#")) ? token : "";
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

  /** @param {string} token of a link */
  const targetOf = (token) => httpUrl(new TextDecoder().decode(bytesOf(token).subarray(TARGET)));

  /** @param {string} token of a pixel */
  function messageOf(token) {
    const hex = Array.from(bytesOf(token).subarray(...MESSAGE), (one) => one.toString(16).padStart(2, "0")).join("");
    return hex && (BigInt(`0x${hex}`) << 2n).toString(32).padStart(26, "0");
  }

  /** @param {Element} body @returns {HTMLElement[]} */
  const anchors = (body) => [...body.querySelectorAll(":is(a,area)[href]")].map((one) => /** @type {HTMLElement} */ (one));

  /** @param {Element} body @param {string} home */
  function mayBeTracked(body, home) {
    const quotes = quotesIn(body);
    const all = anchors(body).filter((one) => !quotes.holds(one)).map((one) => ({ one, url: httpUrl(one.getAttribute("href")) }));
    return all.filter(({ url }) => url && url.length <= LONGEST && !url.startsWith(`${home}/`)).slice(0, MOST);
  }

  /** The words shown, pictures by theirs. @param {Node} node @returns {string} */
  const words = (node) => (node instanceof Text ? node.data : node instanceof HTMLImageElement || node instanceof HTMLAreaElement ? node.alt : [...node.childNodes].map(words).join(""));

  return {
    links: (body, home) => mayBeTracked(body, home).map(({ one, url }) => ({ url, text: words(one).replace(/\s+/g, " ").trim().slice(0, 200) })),

    restore(body, home) {
      const quotes = quotesIn(body);
      let message = "";
      for (const one of body.querySelectorAll("img")) {
        const token = after(home, "o", one.getAttribute("src")).split("/")[1];
        if (!token) continue;
        if (!quotes.holds(one)) message ||= messageOf(token);
        const notice = one.previousElementSibling;
        if (notice?.childElementCount === 1 && after(home, "opt-out", notice.children[0]?.getAttribute("href"))) notice.remove();
        one.remove();
      }
      for (const one of anchors(body)) {
        const target = targetOf(after(home, "c", one.getAttribute("href")));
        if (target) one.setAttribute("href", target);
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
      const { first } = quotesIn(body);
      if (first) first.before(...added);
      else body.append(...added);
    },
  };
})();
