// Parts of the page by themselves: tests put them on a page without a server.
export { providePage } from "./page.js";
export { makeState } from "./state.js";
export { default as Items } from "./results/Items.vue";
export { default as Lightbox } from "./results/Lightbox.vue";
export { default as Result } from "./results/Result.vue";
