/** All elements and what they need: the one import of a page, of the web app as of the extension. */
export { Api, ApiError, NetworkError } from "./api.js";
export { App } from "./app.js";
export { loadI18n } from "./i18n.js";
export { Stream } from "./stream.js";
import "./lf-card.js";
import "./lf-connection.js";
import "./lf-copy.js";
import "./lf-feed.js";
import "./lf-message.js";
import "./lf-messages.js";
import "./lf-opener.js";
import "./lf-profile.js";
import "./lf-targets.js";
import "./lf-task-sheet.js";
import "./lf-tasks.js";
import "./lf-toast.js";
import "./lf-warning.js";
import "./lf-window.js";
