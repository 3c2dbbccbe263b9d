// The page's state: a projection of the open sheet on the server, kept up to date by small patches.
import { computed, reactive, ref, shallowReactive, shallowRef } from "vue";
import { whenReleased } from "./pressed.js";
import { mergedItems } from "./results/itemStates.js";

const EMPTY = { run: { state: "idle" }, sheet: { id: "", name: "" }, sheets: [], notice: null, face: null };
const NOTHING = Object.freeze({ state: "idle" });
const LAYOUT = ["places", "lanes", "frames", "tiles", "kept"];

/** @param graph the description of the cards and wires; it never changes while the page is open. */
export function makeState(graph, snapshot, options) {
  const cards = Object.fromEntries(graph.cards.map((card) => [card.id, card]));
  const state = {
    graph,
    options,
    cards,
    parents: Object.fromEntries(graph.cards.map((card) => [card.id, ancestors(cards, card)])),
    status: shallowReactive({}), // CardState by card
    results: shallowReactive({}), // what its outputs show, by card
    items: shallowReactive({}), // what its items show, by card and index
    places: shallowReactive({}), // [x, y] by card
    lanes: shallowReactive({}), // the straight part of a long wire, by wire: [[x1, y], [x2, y]]
    frames: shallowReactive({}), // [x, y, width, height] by unfolded group
    tiles: shallowReactive({}), // the same on the map of a phone, by card
    sized: ref(0), // which of our messages about sizes the layout knows of
    kept: shallowReactive({}), // the cards that people have put where they are
    inputs: shallowReactive({}), // what an input has now, in short
    outputs: shallowReactive({}), // what the outputs of the pipeline show, by name
    lacks: shallowReactive({}), // the fields that the last run wanted a value of
    choices: shallowReactive({}),
    folded: reactive(new Set()),
    run: ref({ state: "idle" }),
    sheet: ref({ id: "", name: "" }),
    sheets: ref([]),
    edits: shallowReactive({}),
    notice: ref(null),
    face: ref(null), // who is signed in
    replaced: shallowRef([]), // the cards and frames that were put elsewhere last
    now: ref(0),
  };
  let ahead = 0; // of the server's clock before ours, in seconds
  let layout = {}; // what is to be put elsewhere as soon as nothing is pressed

  state.statusOf = (id) => state.status[id] ?? NOTHING;
  state.busy = computed(() => state.run.value.state === "running");
  state.shown = computed(() => graph.cards.filter((card) => isShown(state, card)));
  state.tick = () => (state.now.value = Date.now() / 1000 + ahead);

  state.patch = (patch) => {
    if (patch.now) ahead = patch.now - Date.now() / 1000;
    merge(state.status, patch.cards, changedCard);
    merge(state.items, patch.items, (old, change) => ({ ...old, ...change }));
    for (const name of ["results", "outputs", "inputs", "choices", "edits"]) merge(state[name], patch[name]);
    for (const field of Object.keys(state.lacks)) if (graphInput(field) in (patch.inputs ?? {})) delete state.lacks[field];
    for (const name of LAYOUT) layout[name] = { ...layout[name], ...patch[name] };
    if (patch.sized) layout.sized = patch.sized;
    if (patch.folded) settle(); // other cards are shown from now on
    else whenReleased(settle);
    if (patch.folded) replaceSet(state.folded, patch.folded);
    for (const name of ["run", "sheet", "sheets", "notice", "face"]) if (name in patch) state[name].value = patch[name] ?? EMPTY[name];
    state.tick();
  };
  function settle() {
    for (const name of LAYOUT) merge(state[name], layout[name]);
    if (layout.sized) state.sized.value = layout.sized;
    const replaced = Object.keys({ ...layout.places, ...layout.frames });
    if (replaced.length) state.replaced.value = replaced;
    layout = {};
  }

  state.patch(snapshot);
  return state;
}

/** The input that a field is, or is a part of. */
const graphInput = (field) => field.split(".")[0];

function merge(into, change, how = (_old, value) => value) {
  for (const [key, value] of Object.entries(change ?? {})) {
    if (value === null) delete into[key];
    else into[key] = how(into[key], value);
  }
}

const changedCard = (old, change) =>
  stripped({ ...old, ...change, ...(change.items ? { items: mergedItems(old?.items, change.items) } : {}) });

/** `null` takes a key away. */
function stripped(object) {
  for (const key of Object.keys(object)) if (object[key] === null) delete object[key];
  return object;
}

function replaceSet(set, values) {
  for (const one of [...set]) if (!values.includes(one)) set.delete(one);
  for (const one of values) set.add(one);
}

function ancestors(cards, card) {
  const found = [];
  for (let id = card.parent; id; id = cards[id]?.parent) found.push(id);
  return found;
}

/** Whether a card lies on the canvas: no group around it is folded. An unfolded group is a frame. */
export const isShown = (state, card) => !state.parents[card.id].some((id) => state.folded.has(id));
export const isFrame = (state, card) => card.kind === "group" && !state.folded.has(card.id);

/** The card that stands for a card now: itself, or the outermost folded group around it. */
export function standIn(state, id) {
  return [...state.parents[id]].reverse().find((group) => state.folded.has(group)) ?? id;
}
