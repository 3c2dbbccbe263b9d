// What the parts of the page share: the state, messages to the server, and what the server calls.
import { markRaw, reactive, ref, shallowRef, watch } from "vue";
import { makeState, standIn } from "./state.js";
import { makeTheme } from "./theme.js";
import { whenSent } from "./waiting.js";

const BATCH = 30; // ms in which what is seen first is told together

export function makePage(props, slots, emit, kept = {}) {
  const graph = readGraph(props.graph);
  const state = makeState(graph, JSON.parse(props.snapshot), props.options);
  const theme = makeTheme(props.options.theme);
  Object.assign(state, {
    menu: shallowRef(null), finding: ref(false), lightbox: shallowRef(null), replaces: shallowRef(null), toasts: reactive([]), full: ref(kept.full ?? false), selected: ref(graph.cards.some(({ id }) => id === kept.selected) ? kept.selected : null),
    view: ref(kept.view ?? (new URLSearchParams(location.search).get("view") === "app" ? "app" : props.options.start ?? "canvas")),
    theme: theme.shown, nextTheme: theme.next, fieldHeights: reactive({}), feeds: feeds(graph),
  });
  const wired = new Set(graph.wires.map(({ from }) => from.join("\0")));
  state.hasWire = (card, port) => wired.has(`${card}\0${port}`);

  const tell = (name, more = {}) => emit({ do: name, ...more });
  const act = (name, more) => (name === "run" || name === "answer_typed" ? whenSent(() => tell(name, more)) : tell(name, more));
  const asked = new Map(); // whom to give the answer, by the number of the question
  let last = 0;
  const page = {
    state, slots, act, options: { ...props.options, view: kept.at ?? props.options.view }, places: null, view: null, narrow: ref(innerWidth <= 640),
    ask: (what, more = {}) => new Promise((resolve) => {
      asked.set((last += 1), resolve);
      act("ask", { what, ...more, number: last });
    }),
    fill: together((names) => act("fill", { slots: names })),
    see: together((cards) => act("see", { cards })),
    ready: () => act("ready"),
    openMenu(menu, anchor) {
      const box = (anchor instanceof Element ? anchor : anchor.value).getBoundingClientRect(); // a button has a value too
      const same = state.menu.value?.kind === menu.kind && state.menu.value?.step === menu.step;
      state.menu.value = same ? null : { ...menu, anchor: { left: box.left, right: box.right, top: box.top, bottom: box.bottom } };
    },
    openMenuAt: (menu) => (state.menu.value = { ...menu, anchor: state.menu.value.anchor }),
    closeMenu: () => (state.menu.value = null),
    find: () => (state.finding.value = true),
    goTo(id) {
      state.finding.value = false;
      state.selected.value = id;
      if (state.view.value === "app") page.show("canvas");
      const shown = standIn(state, id);
      setTimeout(() => page.view?.goTo(shown));
    },
    /** Go to the card of a step, out of the folded groups that it is in. */
    goInto(step) {
      const { id } = graph.cards.find((card) => card.steps.includes(step)) ?? { id: step };
      for (const group of state.parents[id] ?? []) if (state.folded.has(group)) act("fold", { group, folded: false });
      if (standIn(state, id) === id) return page.goTo(id);
      const stop = watch(() => standIn(state, id), (shown) => shown === id && (stop(), page.goTo(id)), { flush: "post" });
    },
    lightbox: (vm, list, at) => (state.lightbox.value = vm ? { vm, list: list ?? [vm], at: at ?? 0 } : null),
    show(name) {
      state.view.value = name;
      const url = new URL(location.href);
      if (name === "app") url.searchParams.set("view", "app");
      else url.searchParams.delete("view");
      history.replaceState(history.state, "", url);
      state.menu.value = null;
    },
    toast(text, kind = "", action = null) {
      const toast = { id: Math.random(), text, kind, action };
      state.toasts.push(toast);
      if (kind !== "failed" && !action) setTimeout(() => page.dismiss(toast.id), 5000);
    },
    dismiss(id) {
      const at = state.toasts.findIndex((toast) => toast.id === id);
      if (at >= 0) state.toasts.splice(at, 1);
    },
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text ?? "");
        page.toast("Copied");
      } catch {
        page.toast("The browser does not let this page copy.", "failed");
      }
    },
    copyLink() {
      const url = new URL(location.href);
      url.searchParams.set("sheet", state.sheet.value.id);
      page.copy(url.href);
    },
    download(name) {
      const link = Object.assign(document.createElement("a"), { href: `${name}?sheet=${encodeURIComponent(state.sheet.value.id)}`, download: "" });
      link.click();
    },
    changeTheme: theme.change,
    applyTheme(theme) {
      globalThis.setDark?.(theme === "dark");
      document.body.classList.toggle("body--dark", theme === "dark");
      document.documentElement.dataset.theme = theme;
      document.documentElement.lang ||= "en";
    },
    async exportPicture(kind) {
      const { exportPicture } = await import("./exporting.js");
      await exportPicture(page, kind);
    },
  };
  page.methods = {
    patch: state.patch,
    answer({ number, ...found }) {
      asked.get(number)?.(found);
      asked.delete(number);
    },
    tell: ({ what, ...rest }) => told[what]?.(rest),
    toast: page.toast,
    goTo: page.goTo,
  };
  const told = {
    replaces: (question) => (state.replaces.value = question),
    lacks({ fields }) {
      for (const field of fields) state.lacks[field] = true;
      if (fields.length) showField(page, fields[0]);
    },
    open({ url }) {
      const to = new URL(url, document.baseURI), view = new URLSearchParams(location.search).get("view");
      if (view) to.searchParams.set("view", view); // another sheet in the same view
      location.assign(to);
    },
  };
  return page;
}

/** Bring a field into view, and the cursor into it. */
function showField(page, name) {
  const { state } = page;
  const card = state.graph.cards.find((one) => [...one.outs, ...one.fields].some((port) => port.name === name));
  if (card && state.view.value === "canvas") page.goTo(card.id);
  setTimeout(() => {
    const field = document.querySelector(`[data-input="${CSS.escape(name)}"]`);
    field?.querySelector("input:not([type=file]), textarea, button, [tabindex='0']")?.focus({ preventScroll: state.view.value === "canvas" });
  }, 50);
}

const CARD = {
  doc: "", parent: null, ins: [], outs: [], steps: [], fields: [], drawn: [], mapped: false, link: null, place: "", runnable: false,
  slots: [], choice: null, picked: null, choices: [], sides: [],
};

/** The cards and wires, of which the server leaves out what says nothing. */
function readGraph(text) {
  const graph = JSON.parse(text);
  return { ...graph, cards: graph.cards.map((card) => markRaw({ ...CARD, ...card })) };
}

/** A function that tells what it was called with, of some milliseconds together, and nothing twice. */
function together(tell) {
  const told = new Set(), waiting = new Set();
  let timer = null;
  return (name) => {
    if (told.has(name)) return;
    told.add(name);
    waiting.add(name);
    timer ??= setTimeout(() => {
      timer = null;
      tell([...waiting]);
      waiting.clear();
    }, BATCH);
  };
}

/** The wires into each port of each card. */
function feeds(graph) {
  const found = {};
  for (const { from, of, to: [card, port] } of graph.wires) ((found[card] ??= {})[port] ??= []).push(of ?? from);
  return found;
}
