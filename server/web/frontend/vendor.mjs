// Renews what static/ui holds of others: Lit (code and types, one file each) and the icon sprite.
// Run by `make vendor` after `npm ci` here.
import { readFile, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

const UI = new URL("../static/ui/", import.meta.url);
const HERE = new URL("./", import.meta.url);

/** Our name of an icon → Lucide's. */
const ICONS = {
  alert: "triangle-alert",
  archive: "archive",
  "archive-restore": "archive-restore",
  back: "arrow-left",
  bell: "bell",
  "bell-off": "bell-off",
  "bell-plus": "bell-plus",
  bold: "bold",
  bot: "bot",
  calendar: "calendar",
  campaign: "megaphone",
  check: "check",
  click: "mouse-pointer-click",
  clock: "clock",
  copy: "copy",
  dot: "dot",
  download: "download",
  down: "chevron-down",
  external: "external-link",
  eye: "eye",
  "eye-off": "eye-off",
  feed: "text-quote",
  filter: "settings-2",
  flag: "flag",
  flame: "flame",
  forward: "forward",
  globe: "globe",
  help: "circle-question-mark",
  home: "house",
  info: "info",
  italic: "italic",
  link: "link",
  linkedin: "square-user",
  list: "list",
  mail: "mail",
  "mail-open": "mail-open",
  "mail-x": "mail-x",
  mails: "mails",
  moon: "moon",
  more: "ellipsis",
  pencil: "pencil",
  phone: "phone",
  "phone-off": "phone-off",
  pin: "map-pin",
  pip: "picture-in-picture-2",
  plus: "plus",
  rank: "chart-no-axes-column",
  refresh: "refresh-cw",
  reply: "reply",
  rise: "arrow-up",
  rss: "rss",
  search: "search",
  send: "send",
  settings: "settings",
  shield: "shield-check",
  "sign-out": "log-out",
  snooze: "alarm-clock",
  star: "star",
  target: "target",
  task: "square-check",
  tasks: "list-checks",
  trash: "trash-2",
  undo: "rotate-ccw",
  up: "chevron-up",
  user: "user",
  "user-plus": "user-plus",
  users: "users",
  watch: "binoculars",
  x: "x",
};

/** @param {string} name of an npm package @returns {Promise<string>} */
async function versionOf(name) {
  const text = await readFile(new URL(`node_modules/${name}/package.json`, HERE), "utf8");
  return JSON.parse(text).version;
}

async function bundleLit() {
  const banner = `/* Lit ${await versionOf("lit")}, Copyright Google LLC, BSD-3-Clause. See NOTICE. */`;
  await build({
    entryPoints: [new URL("lit.entry.ts", HERE).pathname],
    outfile: new URL("vendor/lit.js", UI).pathname,
    banner: { js: banner },
    bundle: true,
    minify: true,
    format: "esm",
    legalComments: "none",
    logLevel: "warning",
  });
  const types = await rollup({
    input: new URL("lit.entry.ts", HERE).pathname,
    plugins: [dts({ respectExternal: true })],
  });
  const { output } = await types.generate({ format: "es" });
  await writeFile(new URL("vendor/lit.d.ts", UI), `${banner}\n${output[0].code}`);
}

/** @param {string} id @param {string} file of Lucide @returns {Promise<string>} */
async function symbol(id, file) {
  const svg = await readFile(new URL(`node_modules/lucide-static/icons/${file}.svg`, HERE), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  return `<symbol id="${id}" viewBox="0 0 24 24">${shapes.replaceAll(/\s*\n\s*/g, "")}</symbol>`;
}

async function drawSprite() {
  const symbols = await Promise.all(Object.entries(ICONS).map(([id, file]) => symbol(id, file)));
  const head = `<!-- Lucide ${await versionOf("lucide-static")}, ISC. See NOTICE. -->`;
  await writeFile(new URL("icons.svg", UI), `${head}\n<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
}

async function writeNotice() {
  const lit = await readFile(new URL("node_modules/lit/LICENSE", HERE), "utf8");
  const lucide = await readFile(new URL("node_modules/lucide-static/LICENSE", HERE), "utf8");
  await writeFile(new URL("NOTICE", UI), `vendor/lit.js, vendor/lit.d.ts: Lit (https://lit.dev)\n\n${lit}\n\nicons.svg: Lucide (https://lucide.dev)\n\n${lucide}`);
}

await bundleLit();
await drawSprite();
await writeNotice();
