/** What a page need not read to begin with: the sheets, and what stands behind the tabs of a panel. */
import "./lf-find.js";
import "./lf-keys.js";
import "./lf-lead-feed.js";
import "./lf-subscribe-sheet.js";
import "./lf-targets.js";
import "./lf-task-sheet.js";
import "./lf-tasks.js";
import "./lf-warning.js";
