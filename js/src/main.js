// The component that NiceGUI loads. Styles come after those of Quasar and Vue Flow, which they change.
import flow from "@vue-flow/core/dist/style.css";
import look from "./css/look.css";
import page from "./css/page.css";
import { addStyle } from "./styles.js";

for (const text of [flow, look, page]) addStyle(text);

export { default } from "./Page.vue";
