// Where cards lie: in the places of the server's layout, by the sizes that they turn out to have, and where they are dragged.
import { nextTick, ref, toRaw, watch } from "vue";
import { isPressed, whenReleased } from "../pressed.js";
import { givingWay } from "./room.js";

const BATCH = 60; // ms in which sizes are told together
let tellings = 0; // how often sizes were told, also by a canvas that was shown before

export function usePlaces(flow, { state, act }) {
  const sizes = {}, heights = {};
  const grown = new Map(), displaced = new Set();
  let telling = null, untold = {}, stopped = null;
  const moved = ref(0);
  // Who looks at a thousand cards looks at them raw, and at `moved` to hear of changes: proxies cost ten times as much.
  const raw = (id) => toRaw(flow.findNode(id));

  const places = {
    moved,
    raw,

    /** Where a card is: [x, y, width, height]. It is to be asked again when `moved` changes. */
    rect(id) {
      const node = raw(id);
      return node && [node.position.x, node.position.y, node.dimensions.width, node.dimensions.height];
    },

    /** Put cards where the server's layout has them. */
    place(ids) {
      for (const id of ids) {
        const node = flow.findNode(id);
        if (!node || node.dragging) continue;
        const frame = node.type === "frame" ? state.frames[node.id] : null;
        const [x, y] = frame?.rect ?? state.places[node.id] ?? [node.position.x, node.position.y];
        if (node.position.x !== x || node.position.y !== y) put(node, x, y);
        if (frame) node.dimensions = { width: frame.rect[2], height: frame.rect[3] };
      }
      moved.value += 1;
      giveWay();
    },

    /** A frame takes its cards along. */
    dragAlong(frame) {
      if (frame.type !== "frame") return;
      const known = state.frames[frame.id], [x, y, ...size] = known.rect, dx = frame.position.x - x, dy = frame.position.y - y;
      state.frames[frame.id] = { ...known, rect: [frame.position.x, frame.position.y, ...size] };
      for (const node of flow.nodes.value) {
        if (state.parents[node.id]?.includes(frame.id)) put(node, node.position.x + dx, node.position.y + dy);
      }
      moved.value += 1;
    },

    /** Cards were moved by keys: the server is told once, when that has stopped. */
    tellMoved() {
      const nodes = [...flow.getSelectedNodes.value];
      moved.value += 1;
      clearTimeout(stopped);
      stopped = setTimeout(() => places.tell(nodes), 300);
    },

    /** Cards were moved by a person. */
    tell: (nodes) => act("move", { places: Object.fromEntries(nodes.map((node) => [node.id, [Math.round(node.position.x), Math.round(node.position.y)]])) }),
  };

  /** Vue Flow itself finds out where a card is to be drawn, but not of cards that are out of view. */
  function put(node, x, y) {
    node.position = { x, y };
    node.computedPosition = { ...node.computedPosition, x, y };
  }

  /** Tell the server the real sizes of cards, so that nothing overlaps. */
  function measure(ids) {
    const drawn = ids.map(raw).filter((node) => node?.type === "card" && node.dimensions.height);
    noteGrown(drawn);
    giveWay();
    for (const { id, dimensions } of drawn) {
      const size = [Math.round(dimensions.width), Math.round(dimensions.height), state.fieldHeights[id] ?? {}];
      if (sizes[id] !== JSON.stringify(size)) {
        sizes[id] = JSON.stringify(size);
        untold[id] = size;
      }
    }
    if (Object.keys(untold).length) tellSizes();
  }

  /** Cards that have grown, each with the height that it had: until the server says that it heard of it, layouts know nothing of it. */
  function noteGrown(drawn) {
    for (const { id, data, dimensions } of drawn) {
      const before = heights[id] ?? data.card.height ?? 240;
      if (dimensions.height > before) grown.set(id, { was: Math.min(before, grown.get(id)?.was ?? before), number: tellings + 1 });
      heights[id] = dimensions.height;
    }
  }

  /** Cards that others have grown into go down, before anybody sees them overlap. The server tells where they stay. */
  function giveWay() {
    for (const [id, { number }] of grown) if (number <= state.sized.value || !raw(id)) grown.delete(id);
    if (!grown.size) return;
    if (isPressed()) return whenReleased(giveWay);
    const boxOf = ({ id, position, dimensions, dragging }) => ({ id, ...position, ...dimensions, stays: dragging || state.kept[id] });
    const cards = state.shown.value.map((card) => raw(card.id)).filter((node) => node?.type === "card");
    const was = new Map([...grown].map(([id, one]) => [id, one.was]));
    for (const [id, y] of givingWay(cards.map(boxOf), was)) {
      const node = flow.findNode(id);
      put(node, node.position.x, y);
      displaced.add(id);
    }
    if (!displaced.size) return;
    moved.value += 1;
    tellSizes();
  }

  function tellSizes() {
    telling ??= setTimeout(() => {
      act("sizes", { sizes: untold, displaced: [...displaced], number: ++tellings });
      [telling, untold] = [null, {}];
      displaced.clear();
    }, BATCH);
  }

  // Cards grow and shrink with their results: Vue Flow observes those that are drawn, and the server makes room.
  flow.onNodesChange((changes) => {
    moved.value += 1;
    const measured = changes.filter((change) => change.type === "dimensions").map((change) => change.id);
    if (measured.length) nextTick(() => measure(measured));
  });
  watch(state.fieldHeights, () => nextTick(() => measure(Object.keys(state.fieldHeights))));
  return places;
}
