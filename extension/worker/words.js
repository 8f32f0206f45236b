/** What the switch in a compose window says, in the language that Gmail speaks there. */

/** @typedef {{ address?: string, allowed: boolean, reasons: { code: string }[] }} Decision */

/** @type {Record<string, Record<string, string>>} */
const WORDS = {
  en: {
    name: "Track this mail",
    on: "Tracked",
    off: "Not tracked",
    wait: "Not tracked yet",
    because: "Not tracked: {why}",
    plain: "plain text",
    failed: "no answer from the server",
    "signed-out": "signed out of Live Feed",
    updated: "Live Feed was updated, load Gmail again",
    "old-extension": "Live Feed in this browser is too old",
    "old-server": "the Live Feed server is too old",
    "own-domain": "{who} is a colleague",
    "consent-denied": "{who} said no",
    "consent-withdrawn": "{who} said no",
    "opted-out": "a reader said no",
    "policy-never": "your company’s rule for {who}",
    "consent-unknown": "{who} has not agreed yet",
    // In short, where there is little room.
    "short:own-domain": "colleague",
    "short:consent-denied": "said no",
    "short:consent-withdrawn": "said no",
    "short:opted-out": "said no",
    "short:policy-never": "company rule",
    "short:consent-unknown": "no consent yet",
  },
  fr: {
    name: "Suivre ce message",
    on: "Suivi",
    off: "Non suivi",
    wait: "Pas encore suivi",
    because: "Non suivi : {why}",
    plain: "texte brut",
    failed: "le serveur ne répond pas",
    "signed-out": "déconnecté de Live Feed",
    updated: "Live Feed a été mis à jour, rechargez Gmail",
    "old-extension": "Live Feed est trop ancien dans ce navigateur",
    "old-server": "le serveur Live Feed est trop ancien",
    "own-domain": "{who} fait partie de votre entreprise",
    "consent-denied": "{who} a refusé le suivi",
    "consent-withdrawn": "{who} a retiré son accord",
    "opted-out": "un lecteur a refusé le suivi",
    "policy-never": "règle de votre entreprise pour {who}",
    "consent-unknown": "{who} n’a pas encore donné son accord",
    "short:own-domain": "collègue",
    "short:consent-denied": "refus",
    "short:consent-withdrawn": "refus",
    "short:opted-out": "refus",
    "short:policy-never": "règle de l’entreprise",
    "short:consent-unknown": "sans accord",
  },
  zh: {
    name: "追蹤這封郵件",
    on: "追蹤中",
    off: "不追蹤",
    wait: "尚未追蹤",
    because: "不追蹤：{why}",
    plain: "純文字",
    failed: "伺服器沒有回應",
    "signed-out": "已登出 Live Feed",
    updated: "Live Feed 已更新，請重新載入 Gmail",
    "old-extension": "這個瀏覽器中的 Live Feed 版本過舊",
    "old-server": "Live Feed 伺服器版本過舊",
    "own-domain": "{who} 是同事",
    "consent-denied": "{who} 不同意追蹤",
    "consent-withdrawn": "{who} 已撤回同意",
    "opted-out": "有讀者拒絕追蹤",
    "policy-never": "貴公司對 {who} 的規定",
    "consent-unknown": "{who} 尚未同意",
    "short:own-domain": "同事",
    "short:consent-denied": "已拒絕",
    "short:consent-withdrawn": "已拒絕",
    "short:opted-out": "已拒絕",
    "short:policy-never": "公司規定",
    "short:consent-unknown": "尚未同意",
  },
};
const STATES = new Set(["name", "on", "off", "wait"]);
const REASONS = ["own-domain", "consent-denied", "consent-withdrawn", "opted-out", "policy-never", "consent-unknown"];

/** @param {string} language such as "zh-TW" */
const wordsIn = (language) => /** @type {Record<string, string>} */ (WORDS[String(language).slice(0, 2).toLowerCase()] ?? WORDS["en"]);

/** @param {Record<string, string>} words @param {string | undefined} why */
const because = (words, why) => (why ? String(words["because"]).replace("{why}", () => why) : String(words["off"]));

/** Whole sentences, by what the state of a mail is called. @param {string} language @returns {Record<string, string>} */
export function signs(language) {
  const words = wordsIn(language);
  const told = Object.entries(words).filter(([key]) => key !== "because" && !REASONS.includes(key.replace("short:", "")));
  return Object.fromEntries(told.map(([key, text]) => [key, STATES.has(key) ? text : because(words, text)]));
}

/** Why the server does not allow it: of the first recipient who stands against it. @param {Decision & { recipients: Decision[] }} tracking @param {string} language @returns {Refused} */
export function refused(tracking, language) {
  const words = wordsIn(language);
  const one = tracking.recipients.find(({ allowed }) => !allowed) ?? tracking;
  const code = REASONS.find((known) => one.reasons.some((reason) => reason.code === known)) ?? "";
  const why = words[code]?.replace("{who}", () => one.address ?? "");
  return { text: because(words, words[`short:${code}`]), why: because(words, why) };
}
