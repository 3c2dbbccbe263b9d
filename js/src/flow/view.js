// Where one looks: fit, zoom, go to a card; and the sizes that cards turn out to have.
import { nextTick, ref, toRaw, watch } from "vue";
import { isPressed } from "../pressed.js";
import { givingWay } from "./room.js";

export const FAR = 0.4; // below this zoom cards are tiles
const SMALL = 0.6; // the smallest zoom at which cards are read with ease
const SLOW = 320; // ms
const MARGIN = 36; // px around a fit
const LATE = 2000; // ms after which every layout knows how large a card is

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function useView(flow, page) {
  const { state, act, options } = page;
  const duration = (ms) => (calm() ? 0 : ms);
  const sizes = {}, heights = {};
  const grown = new Map(), displaced = new Set();
  let told = null, untold = {};
  const moved = ref(0);
  // Who looks at a thousand cards looks at them raw, and at `moved` to hear of changes: proxies cost ten times as much.
  const raw = (id) => toRaw(flow.findNode(id));

  /** Vue Flow itself finds out where a card is to be drawn, but not of cards that are out of view. */
  function put(node, x, y) {
    node.position = { x, y };
    node.computedPosition = { ...node.computedPosition, x, y };
  }

  const view = {
    moved,

    /** Where a card is: [x, y, width, height]. It is to be asked again when `moved` changes. */
    rect(id) {
      const node = raw(id);
      return node && [node.position.x, node.position.y, node.dimensions.width, node.dimensions.height];
    },

    /** The box around cards: x, y, width, height. */
    box(ids = state.shown.value.map((card) => card.id)) {
      const found = ids.map(raw).filter(Boolean);
      if (!found.length) return { x: 0, y: 0, width: 1, height: 1 };
      const x = Math.min(...found.map((n) => n.position.x)), y = Math.min(...found.map((n) => n.position.y));
      const right = Math.max(...found.map((n) => n.position.x + n.dimensions.width));
      const bottom = Math.max(...found.map((n) => n.position.y + n.dimensions.height));
      return { x, y, width: right - x, height: bottom - y };
    },

    /** How high a card is, where it has been drawn. */
    height: (id) => flow.findNode(id)?.dimensions.height,

    /** Show all cards, at their own size at most. */
    fit(ms = SLOW) {
      const box = view.box(), { width, height } = flow.dimensions.value;
      if (!width) return;
      const zoom = Math.max(0.02, Math.min(1, (width - 2 * MARGIN) / box.width, (height - 2 * MARGIN) / box.height));
      const x = (width - box.width * zoom) / 2 - box.x * zoom;
      const top = Math.max(MARGIN, (height - box.height * zoom) / 2);
      flow.setViewport({ x, y: top - box.y * zoom, zoom }, { duration: duration(ms) });
    },

    /** Bring a card to the middle, near enough to be read, and select it. */
    async goTo(id) {
      const node = flow.findNode(id);
      if (!node) return;
      flow.removeSelectedNodes(flow.getSelectedNodes.value);
      flow.addSelectedNodes([node]);
      const zoom = Math.max(flow.viewport.value.zoom, 0.8);
      await flow.setCenter(node.position.x + node.dimensions.width / 2, node.position.y + Math.min(node.dimensions.height, 480) / 2, { zoom, duration: duration(SLOW) });
      document.querySelector(`.vue-flow__node[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
    },

    pan(x, y) {
      const at = flow.viewport.value;
      flow.setViewport({ x: at.x + x, y: at.y + y, zoom: at.zoom }, { duration: duration(120) });
    },

    /** Cards were moved by keys: the server is told once, when that has stopped. */
    tellMoved() {
      const nodes = [...flow.getSelectedNodes.value];
      moved.value += 1;
      clearTimeout(view.moving);
      view.moving = setTimeout(() => view.tellPlaces(nodes), 300);
    },

    tellPlaces: (nodes) => act("move", { places: Object.fromEntries(nodes.map((node) => [node.id, [Math.round(node.position.x), Math.round(node.position.y)]])) }),

    zoom: (by) => flow.zoomTo(flow.viewport.value.zoom * by, { duration: duration(120) }),

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

    /** Tell the server the real sizes of the cards, so that nothing overlaps. */
    measure(ids) {
      const drawn = ids.map(raw).filter((node) => node?.type === "card" && node.dimensions.height);
      noteGrown(drawn);
      giveWay();
      for (const node of drawn) {
        const { width, height } = node.dimensions;
        const ports = state.fieldHeights[node.id] ?? {}, size = [Math.round(width), Math.round(height), ports];
        if (String(sizes[node.id]) !== JSON.stringify(size)) {
          sizes[node.id] = JSON.stringify(size);
          untold[node.id] = size;
        }
      }
      if (Object.keys(untold).length) tellSizes();
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

    /** Where one looks now. */
    at() {
      const { x, y, zoom } = flow.viewport.value;
      return [x, y, zoom];
    },

    remember() {
      const { x, y, zoom } = flow.viewport.value;
      clearTimeout(view.later);
      view.later = setTimeout(() => act("set_view", { view: [Math.round(x), Math.round(y), Number(zoom.toFixed(3))] }), 400);
    },

    /** The first look: where one was, else everything, else (where that would be too small) the beginning. */
    open() {
      const [x, y, zoom] = options.view ?? [];
      const box = view.box(), { width, height } = flow.dimensions.value;
      const whole = Math.min((width - 2 * MARGIN) / box.width, (height - 2 * MARGIN) / box.height);
      if (zoom) flow.setViewport({ x, y, zoom });
      else if (whole >= SMALL) view.fit(0);
      else flow.setViewport({ x: MARGIN - box.x * SMALL, y: MARGIN - box.y * SMALL, zoom: SMALL });
      page.ready();
    },
  };

  /** Cards that have grown, each with the height that it had: layouts may still come that know nothing of it. */
  function noteGrown(drawn) {
    const until = performance.now() + LATE;
    for (const { id, data, dimensions } of drawn) {
      const before = heights[id] ?? data.card.height ?? 240;
      if (dimensions.height > before) grown.set(id, { was: Math.min(before, grown.get(id)?.was ?? before), until });
      heights[id] = dimensions.height;
    }
  }

  /** Cards that others have grown into go down, before anybody sees them overlap. The server tells where they stay. */
  function giveWay() {
    for (const [id, { until }] of grown) if (until < performance.now() || !raw(id)) grown.delete(id);
    if (!grown.size || isPressed()) return;
    const boxOf = ({ id, position, dimensions }) => ({ id, ...position, ...dimensions });
    const cards = state.shown.value.map((card) => raw(card.id)).filter((node) => node?.type === "card");
    const was = new Map([...grown].map(([id, one]) => [id, one.was]));
    for (const [id, y] of givingWay(cards.map(boxOf), was)) {
      const node = flow.findNode(id);
      if (node.dragging) continue;
      put(node, node.position.x, y);
      displaced.add(id);
    }
    if (!displaced.size) return;
    moved.value += 1;
    tellSizes();
  }

  function tellSizes() {
    told ??= setTimeout(() => {
      act("sizes", { sizes: untold, displaced: [...displaced] });
      [told, untold] = [null, {}];
      displaced.clear();
    }, 60);
  }

  // Cards grow and shrink with their results: Vue Flow observes those that are drawn, and the server makes room.
  flow.onNodesChange((changes) => {
    moved.value += 1;
    const measured = changes.filter((change) => change.type === "dimensions").map((change) => change.id);
    if (measured.length) nextTick(() => view.measure(measured));
  });
  watch(state.fieldHeights, () => nextTick(() => view.measure(Object.keys(state.fieldHeights))));
  return view;
}
