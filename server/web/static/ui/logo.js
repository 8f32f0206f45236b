/** The product's sign: the two marks side by side. */
import { svg } from "./vendor/lit.js";

export function logo() {
  return svg`<svg class="logo" viewBox="0 0 18 18" aria-hidden="true"><rect class="solid" x="3" y="1.5" width="4.5" height="15" rx="1.5" /><path class="dashed" d="M10.5 1.5h3A1.5 1.5 0 0 1 15 3v2.5h-4.5ZM10.5 7.25H15v3.5h-4.5ZM10.5 12.5H15V15a1.5 1.5 0 0 1-1.5 1.5h-3Z" /></svg>`;
}
