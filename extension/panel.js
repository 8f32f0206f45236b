/** Starts the panel: as sidebar in Gmail, as side panel, or in a window of its own. */
import "./panel/lf-panel.js";

document.body.append(document.createElement("lf-panel"));
