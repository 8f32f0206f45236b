// Draws static/card/*.png for Google's cards, which take no SVG: Lucide's glyphs on discs of their own, that can be told on white
// and on dark alike. A whole disc is the rep's own mail, a notched one is marketing. Run by `make vendor`; needs a Chromium.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const HERE = new URL("./", import.meta.url);
const CARD = new URL("../static/card/", import.meta.url);
const SIDE = 96;
const BLUE = "#1d6ae5";
const PURPLE = "#a34ad3";
const BROWSERS = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome"].filter(Boolean);

/** Our name → Lucide's. */
const MAIL = {
  view: "eye",
  click: "mouse-pointer-click",
  reply: "reply",
  "auto-reply": "moon",
  bounce: "mail-x",
  forwarded: "forward",
  machine: "bot",
  own: "eye-off",
  sent: "mail",
  untracked: "archive",
};
const MARKETING = {
  "moment-web": "globe",
  "moment-email": "mail-open",
  "moment-milestone": "flag",
  target: "target",
  rise: "arrow-up",
  star: "star",
  flame: "flame",
  watch: "binoculars",
};
const FILLED = new Set(["star", "flame"]);

/** @param {string} name of Lucide's @returns {Promise<string>} */
async function glyph(name) {
  const svg = await readFile(new URL(`node_modules/lucide-static/icons/${name}.svg`, HERE), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  const fill = FILLED.has(name) ? "#fff" : "none";
  const look = `fill="${fill}" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"`;
  return `<g transform="translate(21 21) scale(2.25)" ${look}>${shapes}</g>`;
}

function notches() {
  return Array.from({ length: 10 }, (_, place) => {
    const angle = (place * Math.PI) / 5;
    return `<circle cx="${(48 + 46 * Math.cos(angle)).toFixed(2)}" cy="${(48 + 46 * Math.sin(angle)).toFixed(2)}" r="7"/>`;
  }).join("");
}

/** @param {string} drawing @returns {string} */
function framed(drawing) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 ${SIDE} ${SIDE}">${drawing}</svg>`;
}

/** @param {string} name */
async function whole(name) {
  return framed(`<circle cx="48" cy="48" r="45" fill="${BLUE}"/>${await glyph(name)}`);
}

/** @param {string} name */
async function notched(name) {
  const mask = `<mask id="m"><rect width="96" height="96" fill="#fff"/>${notches()}</mask>`;
  return framed(`${mask}<circle cx="48" cy="48" r="46" fill="${PURPLE}" mask="url(#m)"/>${await glyph(name)}`);
}

/** The product's sign: the two lines side by side. */
function sign() {
  const dashes = [12, 39, 66].map((y) => `<rect x="54" y="${y}" width="16" height="18" rx="2" fill="${PURPLE}"/>`).join("");
  return framed(`<rect x="26" y="12" width="16" height="72" rx="2" fill="${BLUE}"/>${dashes}`);
}

/** What a page does with the drawings: paints each, and says its bytes in its own text. */
const PAINT = `<!doctype html><pre></pre><script type="module">
const said = {};
for (const [name, svg] of Object.entries(DRAWINGS)) {
  const image = new Image();
  image.src = "data:image/svg+xml," + encodeURIComponent(svg);
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: ${SIDE}, height: ${SIDE} });
  canvas.getContext("2d").drawImage(image, 0, 0);
  said[name] = canvas.toDataURL("image/png").split(",")[1];
}
document.querySelector("pre").textContent = JSON.stringify(said);
</script>`;

/** @param {string} browser @param {Record<string, string>} drawings SVG by name @returns {Promise<Record<string, string>>} PNG in base64 */
async function painted(browser, drawings) {
  const folder = await mkdtemp(join(tmpdir(), "card-pictures-"));
  const page = join(folder, "page.html");
  await writeFile(page, PAINT.replace("DRAWINGS", () => JSON.stringify(drawings)));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000", `--user-data-dir=${join(folder, "profile")}`];
  const { stdout } = await promisify(execFile)(browser, [...flags, "--dump-dom", `file://${page}`], { maxBuffer: 2 ** 24 });
  await rm(folder, { recursive: true });
  return JSON.parse(stdout.slice(stdout.indexOf("<pre>") + 5, stdout.indexOf("</pre>")));
}

/** @returns {Promise<string | undefined>} the first of these that runs */
async function browser() {
  for (const name of BROWSERS) {
    const runs = await promisify(execFile)(name, ["--version"]).then(() => true, () => false);
    if (runs) return name;
  }
}

const found = await browser();
if (!found) {
  console.error("static/card/*.png stay as they are: no Chromium here (CHROMIUM=… names one)");
} else {
  const drawings = /** @type {Record<string, string>} */ ({ sign: sign() });
  for (const [name, drawn] of Object.entries(MAIL)) drawings[name] = await whole(drawn);
  for (const [name, drawn] of Object.entries(MARKETING)) drawings[name] = await notched(drawn);
  await mkdir(CARD, { recursive: true });
  const pictures = await painted(found, drawings);
  for (const [name, data] of Object.entries(pictures)) await writeFile(new URL(`${name}.png`, CARD), Buffer.from(data, "base64"));
}
