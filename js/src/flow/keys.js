// The canvas by keyboard. Keys do nothing while somebody types.
import { onBeforeUnmount, onMounted } from "vue";

const PAN = 80; // px that an arrow key moves the canvas

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true], .cm-editor, [role=dialog]");

export function useKeys(page, flow) {
  const { state, act, places, view } = page;
  const focused = () => flow.findNode(document.activeElement?.closest?.(".vue-flow__node")?.dataset.id);
  const selected = () => [flow.getSelectedNodes.value[0], focused()].find((node) => node?.type === "card");

  const KEYS = {
    f: () => view.fit(),
    t: () => act("tidy"),
    r: () => act("run", { how: "all" }),
    "+": () => view.zoom(1.25),
    "=": () => view.zoom(1.25),
    "-": () => view.zoom(1 / 1.25),
    Escape: () => (state.menu.value ? page.closeMenu() : flow.removeSelectedNodes(flow.getSelectedNodes.value)),
  };
  const ARROWS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const CONTROL = {
    z: (event) => act(event.shiftKey ? "redo" : "undo"),
    y: () => act("redo"),
  };

  function press(event) {
    const control = event.ctrlKey || event.metaKey;
    if (typing(event.target)) return;
    if (ARROWS[event.key] && !control && !event.altKey) return arrow(event);
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = control ? CONTROL[key] : event.altKey ? null : KEYS[key];
    if (action) done(event, action);
  }

  /** Enter with a key held down runs. It is heard before Vue Flow, for which that is another way to select. */
  function enter(event) {
    const control = event.ctrlKey || event.metaKey;
    if (event.key !== "Enter" || !(control || event.shiftKey) || typing(event.target) || event.target.closest("button, a") || !selected()) return;
    event.stopPropagation();
    done(event, () => act("run", { how: control ? "this" : "to", step: selected().id }));
  }

  /** Arrows move the selected cards, which Vue Flow does; with none they move the canvas. What lies in a card has its own use for them. */
  function arrow(event) {
    if (event.target.closest?.(".pop, .nokey")) return;
    if (flow.getSelectedNodes.value.length) places.tellMoved();
    else if (!event.defaultPrevented) done(event, () => view.pan(...ARROWS[event.key].map((by) => by * PAN)));
  }

  function done(event, action) {
    event.preventDefault();
    action(event);
  }

  onMounted(() => {
    addEventListener("keydown", press);
    addEventListener("keydown", enter, true);
  });
  onBeforeUnmount(() => {
    removeEventListener("keydown", press);
    removeEventListener("keydown", enter, true);
  });
}
