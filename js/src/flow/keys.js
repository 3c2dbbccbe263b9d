// The canvas by keyboard. Keys do nothing while somebody types.
import { onBeforeUnmount, onMounted } from "vue";

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable=true], .cm-editor, [role=dialog]");

export function useKeys(page, flow, view) {
  const { state, act } = page;
  const selected = () => flow.getSelectedNodes.value.find((node) => node.type === "card");

  const KEYS = {
    f: () => view.fit(),
    t: () => act("tidy"),
    r: () => act("run", { how: "all" }),
    "+": () => view.zoom(1.25),
    "=": () => view.zoom(1.25),
    "-": () => view.zoom(1 / 1.25),
    Escape: () => (state.menu.value ? page.closeMenu() : flow.removeSelectedNodes(flow.getSelectedNodes.value)),
  };
  const CONTROL = {
    k: () => page.find(),
    z: (event) => act(event.shiftKey ? "redo" : "undo"),
    y: () => act("redo"),
    Enter: () => selected() && act("run", { how: "this", step: selected().id }),
  };

  function press(event) {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "k") return done(event, CONTROL.k);
    if (typing(event.target)) return;
    if (event.shiftKey && event.key === "Enter" && selected()) return done(event, () => act("run", { how: "to", step: selected().id }));
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = control ? CONTROL[key] : event.altKey ? null : KEYS[key];
    if (action) done(event, action);
  }

  function done(event, action) {
    event.preventDefault();
    action(event);
  }

  onMounted(() => addEventListener("keydown", press));
  onBeforeUnmount(() => removeEventListener("keydown", press));
}
