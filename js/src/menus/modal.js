// What lies above the whole page keeps the keys: Tab goes round in it, and Escape closes it, wherever the focus is.
import { onBeforeUnmount, onMounted } from "vue";

export function useModal(root, close) {
  function press(event) {
    if (event.key !== "Escape" && event.key !== "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") close();
    else next(event.shiftKey ? -1 : 1).focus();
  }
  function next(by) {
    const all = [...root.value.querySelectorAll("input, button:not([tabindex='-1'])")], at = all.indexOf(document.activeElement);
    return all[at < 0 ? 0 : (at + by + all.length) % all.length];
  }
  onMounted(() => addEventListener("keydown", press, true));
  onBeforeUnmount(() => removeEventListener("keydown", press, true));
}
