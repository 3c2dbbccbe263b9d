// Puts the cards of cards.json on a page; what the page would tell the server is kept in `window.told`.
import { createApp, h, reactive, ref, shallowRef } from "vue";
import { parts } from "./daggr_fn_canvas.js";

const cards = await (await fetch("./cards.json")).json();
const query = new URLSearchParams(location.search);
const theme = query.get("theme") ?? "light";
document.documentElement.dataset.theme = theme;
document.body.classList.toggle("body--dark", theme === "dark");
globalThis.told = [];
globalThis.toasts = [];
const state = { lightbox: shallowRef(null), theme: ref(theme), items: reactive({}) };
const page = {
  state, slots: {}, fill() {}, act: (name, more) => globalThis.told.push({ do: name, ...more }),
  copy: async (text) => void (globalThis.copied = text), toast: (text) => globalThis.toasts.push(text),
  lightbox: (vm, list, at) => (state.lightbox.value = vm ? { vm, list: list ?? [vm], at: at ?? 0 } : null),
};
const body = (card) =>
  card.status
    ? h(parts.Items, { card: { id: card.title, name: card.title }, status: card.status, items: card.items })
    : card.results.map((vm) => h(parts.Result, { vm, card: { id: card.title, name: card.title, slots: [] }, wide: query.has("wide"), compact: card.compact }));
const draw = (card) =>
  h("article", { class: "card", "data-title": card.title, style: { width: query.has("wide") ? "720px" : `${query.get("width") ?? card.width}px` } }, [
    h("header", { class: "card-head" }, h("div", { class: "card-title" }, h("h3", card.title))), h("div", { class: ["card-body", { results: query.has("wide") }] }, body(card)),
  ]);
const Gallery = {
  setup() {
    parts.providePage(page);
    return () => h("div", [h("main", cards.map(draw)), h(parts.Lightbox)]);
  },
};
createApp(Gallery).mount("#page");
document.body.dataset.ready = "yes";
