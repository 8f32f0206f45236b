/** What the viewer may be called for. What is told, and in which words, is the server's to say: a screen claims and shows it. */

export const OCCASIONS = /** @type {const} */ (["first-view", "view-again", "view-often", "click", "reply", "bounce", "moment"]);
