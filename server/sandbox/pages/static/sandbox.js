const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Gmail's own addresses, which others link to: a thread, or a new mail.
const thread = location.hash.match(/^#\w+\/([0-9a-f]+)$/);
if (/\/mail\/u\/[^/]+\/$/.test(location.pathname)) {
  if (thread) location.replace(`t/${thread[1]}`);
  else if (location.hash.includes("compose=new")) location.replace("compose");
}

// A frame is as high as the mail in it.
function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (page) frame.style.height = `${Math.max(80, page.scrollHeight + 4)}px`;
}
for (const frame of all("iframe[data-fit]")) {
  frame.addEventListener("load", () => fit(frame));
  if (frame.contentDocument?.readyState === "complete") fit(frame);
}

// Times in the reader's own zone.
function localTimes(root) {
  const style = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  for (const time of all("time", root)) time.textContent = style.format(new Date(time.dateTime));
}
localTimes(document);

// Lists follow what happens, without losing the keyboard's place.
const live = document.querySelector("[data-live]");
if (live) {
  let known = "";
  setInterval(async () => {
    if (document.hidden || live.contains(document.activeElement)) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (fresh && fresh.innerHTML !== known) {
      known = fresh.innerHTML;
      live.replaceChildren(...fresh.childNodes);
      localTimes(live);
    }
  }, 3000);
}

// The few seconds in which a mail can be taken back.
const bar = document.querySelector("[data-leaving]");
if (bar?.querySelector("[data-undo]")) {
  const words = bar.querySelector("[data-words]");
  const look = setInterval(async () => {
    const answer = await fetch(bar.dataset.state).catch(() => null);
    if (!answer?.ok) return;
    const { state } = await answer.json();
    if (state === "leaving") return;
    clearInterval(look);
    bar.querySelector("form").remove();
    words.textContent = state === "sent" ? "Message sent" : "Taken back";
  }, 500);
}

const form = document.querySelector("[data-compose]");
if (form) {
  const body = form.querySelector("[role=textbox]");
  const row = form.querySelector("#link-row");
  let place = null;
  const remember = () => {
    const selection = getSelection();
    if (selection.rangeCount && body.contains(selection.anchorNode)) place = selection.getRangeAt(0).cloneRange();
  };
  document.addEventListener("selectionchange", remember);
  // Whoever already types somewhere keeps the keyboard.
  if (form.elements.to.value && document.activeElement === document.body) {
    body.focus();
    getSelection().collapse(body, 0);
  }
  const back = () => {
    body.focus();
    if (!place) {
      place = document.createRange();
      place.setStart(body, 0);
    }
    getSelection().removeAllRanges();
    getSelection().addRange(place);
  };
  for (const button of all("[data-format]", form)) {
    button.addEventListener("click", () => {
      back();
      document.execCommand(button.dataset.format);
    });
  }
  const opener = form.querySelector("[data-link]");
  opener.addEventListener("click", () => {
    row.hidden = !row.hidden;
    opener.setAttribute("aria-expanded", String(!row.hidden));
    const text = row.querySelector("[data-link-text]");
    if (!row.hidden) {
      text.value = place?.toString() ?? "";
      (text.value ? row.querySelector("[data-link-url]") : text).focus();
    }
  });
  const add = () => {
    const url = row.querySelector("[data-link-url]").value.trim();
    if (!/^https?:\/\//i.test(url)) return;
    const link = document.createElement("a");
    link.href = url;
    link.textContent = row.querySelector("[data-link-text]").value || url;
    back();
    document.execCommand("insertHTML", false, `${link.outerHTML} `);
    row.hidden = true;
    opener.setAttribute("aria-expanded", "false");
    for (const input of all("input", row)) input.value = "";
  };
  row.querySelector("[data-link-add]").addEventListener("click", add);
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    add();
  });
  form.addEventListener("submit", () => {
    form.elements.html.value = body.innerHTML;
    form.elements.behind_utc.value = String(new Date(form.elements.at.value || Date.now()).getTimezoneOffset());
  });
}
