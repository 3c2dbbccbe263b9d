// Where one looks: fit, zoom, go to a card.
import { ref } from "vue";

export const FAR = 0.4; // below this zoom cards are tiles
const SMALL = 0.6; // the smallest zoom at which cards are read with ease
const SLOW = 320; // ms
const MARGIN = 36; // px around a fit
const STANDS = 200; // ms after which a canvas that moved stands still

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export function useView(flow, page, { raw }) {
  const { state, act, options } = page;
  const duration = (ms) => (calm() ? 0 : ms);
  let still = null, looked = null;

  const view = {
    /** Whether the canvas is moved now. */
    moving: ref(false),

    /** The box around cards: x, y, width, height. */
    box(ids = state.shown.value.map((card) => card.id)) {
      const found = ids.map(raw).filter(Boolean);
      if (!found.length) return { x: 0, y: 0, width: 1, height: 1 };
      const x = Math.min(...found.map((n) => n.position.x)), y = Math.min(...found.map((n) => n.position.y));
      const right = Math.max(...found.map((n) => n.position.x + n.dimensions.width));
      const bottom = Math.max(...found.map((n) => n.position.y + n.dimensions.height));
      return { x, y, width: right - x, height: bottom - y };
    },

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

    zoom: (by) => flow.zoomTo(flow.viewport.value.zoom * by, { duration: duration(120) }),

    /** Where one looks now. */
    at() {
      const { x, y, zoom } = flow.viewport.value;
      return [x, y, zoom];
    },

    /** Have the server know where one looks, when that has not changed for a while. */
    remember() {
      const [x, y, zoom] = view.at();
      clearTimeout(looked);
      looked = setTimeout(() => act("set_view", { view: [Math.round(x), Math.round(y), Number(zoom.toFixed(3))] }), 400);
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

  flow.onMoveEnd(view.remember);
  flow.onMove(() => {
    view.moving.value = true;
    clearTimeout(still);
    still = setTimeout(() => (view.moving.value = false), STANDS);
  });
  return view;
}
