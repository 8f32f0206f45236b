/** One card of the add-on in a panel of its own: the product's elements, before a host that signs as Google does. */
const { Api, App, loadI18n } = await import("/cards/ui/index.js");

const asked = Object.fromEntries(new URLSearchParams(location.search));
const home = `/cards/of/${encodeURIComponent(asked.account ?? "")}`;
const places = { message: (id) => `/messages/${id}`, home: "/", live: "/", help: "/", settings: "/", signIn: "/", compose: null };
const element = document.querySelector("lf-card");
const draft = document.querySelector("#draft");

class Host extends Api {
  cardAction(name, pressed) {
    return this.request("POST", `${home}/action/${encodeURIComponent(name)}`, { ...asked, ...pressed });
  }
}

const api = new Host({});

async function draw() {
  for (const old of document.querySelectorAll(".note")) old.remove();
  try {
    const answer = await api.request("POST", `${home}/${asked.card}`, asked);
    if (answer.requesting_google_scopes) say(`Google asks for ${answer.requesting_google_scopes.scopes.join(", ")}`);
    else element.card = (answer.custom_authorization_prompt ?? answer).action.navigations[0].pushCard;
  } catch (error) {
    say(error.message);
  }
}

function say(text) {
  const sorry = document.createElement("p");
  sorry.className = "note bad";
  sorry.setAttribute("role", "alert");
  sorry.textContent = text;
  element.before(sorry);
}

/** What only Gmail can do is shown as it would arrive in the mail. */
function byGmail({ gmailAction }) {
  const made = gmailAction.openCreatedDraftActionMarkup;
  const body = gmailAction.updateDraftActionMarkup?.updateBody;
  draft.hidden = false;
  const line = document.createElement("pre");
  line.textContent = made ? `Gmail opens the draft ${made.draftId}` : (body?.insertContents ?? []).map(({ content }) => content).join("\n");
  draft.append(line);
}

const i18n = await loadI18n({ fr: "fr", zh: "zh-TW" }[(asked.locale ?? "en").slice(0, 2)] ?? "en");
document.documentElement.lang = i18n.tag;
const app = new App({ api, i18n, stream: { start() {}, stop() {}, addEventListener() {} }, places });
for (const one of document.querySelectorAll("lf-card, lf-toast")) one.app = app;
document.addEventListener("reload", draw);
document.addEventListener("host-action", ({ detail }) => byGmail(detail));
await draw();
