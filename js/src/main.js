// The component that NiceGUI loads. Styles come after those of Quasar and Vue Flow, which they change.
import flow from "@vue-flow/core/dist/style.css";
import look from "./css/look.css";
import page from "./css/page.css";
import results from "./css/results.css";
import { addStyle } from "./styles.js";

for (const text of [flow, look, page, results]) addStyle(text);

export { default } from "./Page.vue";
export * as parts from "./parts.js"; // for pages of our own tests
