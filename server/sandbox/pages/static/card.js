/** One card in a panel of its own: the product's elements, reached through the sandbox as the rep whose mailbox it is. */
const { Api, App, loadI18n } = await import("/cards/ui/index.js");

const asked = new URLSearchParams(location.search);
const account = asked.get("account") ?? "";
const home = `/cards/of/${encodeURIComponent(account)}`;
const api = new Api({ base: home });
const stream = { start() {}, stop() {} };
const places = { message: (id) => `/messages/${id}`, home: "/", live: "/", help: "/", settings: "/", signIn: "/", compose: null };

async function draw() {
  const card = document.querySelector("lf-card");
  try {
    const addresses = (asked.get("addresses") ?? "").split(",").map((one) => one.trim()).filter(Boolean);
    card.card = (await api.contextCard({ thread: asked.get("thread") ?? "", addresses })).card;
  } catch (error) {
    const sorry = document.createElement("p");
    sorry.className = "note bad";
    sorry.setAttribute("role", "alert");
    sorry.textContent = error.message;
    card.before(sorry);
  }
}

const me = await (await fetch(`${home}/me`)).json();
const i18n = await loadI18n(asked.get("locale") ?? me.locale ?? "en", me.time_zone);
document.documentElement.lang = i18n.tag;
const app = new App({ api, i18n, stream, places });
for (const element of document.querySelectorAll("lf-card, lf-toast")) element.app = app;
document.addEventListener("reload", draw);
await draw();
