// Gmail's own words, in the languages it is tried in. The keys in brackets stay as they are in every language.

import { start } from "./shape.js";

const WORDS = {
  "en": {
    compose: "Compose", inbox: "Inbox", sent: "Sent", drafts: "Drafts", scheduled: "Scheduled", newMessage: "New Message",
    to: "To recipients", cc: "CC recipients", bcc: "BCC recipients", addCc: "Add Cc and Bcc", subject: "Subject", body: "Message Body",
    send: "Send", more: "More send options", schedule: "Schedule send", tomorrow: "Tomorrow morning", monday: "Monday morning",
    discard: "Discard draft", full: "Full screen (Shift for Pop-out)", close: "Save & close", options: "More options",
    plain: "Plain text mode", link: "Insert link (Ctrl-K)", linkText: "Text", linkUrl: "Type or paste a link", apply: "Apply",
    reply: "Reply", replyAll: "Reply all", forward: "Forward", popOut: "Pop out reply", sentNow: "Message sent",
    sentLater: "Send scheduled", undo: "Undo", undone: "Sending undone.", account: "Google Account", search: "Search mail",
    needed: "Please specify at least one recipient.", back: "Back", me: "me", remove: "Remove", about: "to",
  },
  "fr": {
    compose: "Nouveau message", inbox: "Boîte de réception", sent: "Messages envoyés", drafts: "Brouillons", scheduled: "Planifiés",
    newMessage: "Nouveau message", to: "Destinataires", cc: "Destinataires en Cc", bcc: "Destinataires en Cci", addCc: "Ajouter Cc et Cci",
    subject: "Objet", body: "Corps du message", send: "Envoyer", more: "Autres options d'envoi", schedule: "Programmer l'envoi",
    tomorrow: "Demain matin", monday: "Lundi matin", discard: "Supprimer le brouillon", full: "Plein écran (Maj pour nouvelle fenêtre)",
    close: "Enregistrer et fermer", options: "Plus d'options", plain: "Mode texte brut", link: "Insérer un lien (Ctrl-K)",
    linkText: "Texte", linkUrl: "Saisir ou coller un lien", apply: "Appliquer", reply: "Répondre", replyAll: "Répondre à tous",
    forward: "Transférer", popOut: "Ouvrir la réponse dans une nouvelle fenêtre", sentNow: "Message envoyé",
    sentLater: "Envoi programmé", undo: "Annuler", undone: "Envoi annulé.", account: "Compte Google ", search: "Rechercher dans les messages",
    needed: "Veuillez indiquer au moins un destinataire.", back: "Retour", me: "moi", remove: "Supprimer", about: "à",
  },
  "zh-TW": {
    compose: "撰寫", inbox: "收件匣", sent: "寄件備份", drafts: "草稿", scheduled: "已排定時間", newMessage: "新郵件",
    to: "收件者", cc: "副本收件者", bcc: "密件副本收件者", addCc: "新增副本和密件副本", subject: "主旨", body: "郵件內文", send: "傳送",
    more: "更多傳送選項", schedule: "排定傳送時間", tomorrow: "明天上午", monday: "星期一上午", discard: "捨棄草稿",
    full: "全螢幕 (按 Shift 鍵可彈出視窗)", close: "儲存並關閉", options: "更多選項", plain: "純文字模式", link: "插入連結 (Ctrl-K)",
    linkText: "文字", linkUrl: "輸入或貼上連結", apply: "套用", reply: "回覆", replyAll: "回覆所有人", forward: "轉寄",
    popOut: "彈出回覆", sentNow: "郵件已傳送", sentLater: "已排定傳送時間", undo: "復原", undone: "已取消傳送。",
    account: "Google 帳戶", search: "搜尋郵件", needed: "請指定至少一位收件者。", back: "返回", me: "我", remove: "移除", about: "寄給",
  },
};

export const words = WORDS[start.language];
/** With the marks of direction that Gmail puts around the keys. */
export const sendLabel = `${words.send} ‪(${start.mac ? "⌘Enter" : "Ctrl-Enter"})‬`;
export const time = (iso) => new Intl.DateTimeFormat(start.language, { hour: "numeric", minute: "2-digit" }).format(new Date(iso));
