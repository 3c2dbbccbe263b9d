// Quasar puts the name of a list to pick from around the part that has the focus, where it is not read: put it there too.

/** Names what has the focus in widgets below an element, now and when they are drawn anew; gives what ends that. */
export function keepNames(root) {
  const name = () => {
    for (const box of root.querySelectorAll("[role=combobox]:not([aria-label])")) {
      const around = box.closest("[aria-label], [data-named]");
      if (!around || !root.contains(around)) continue;
      around.dataset.named ??= around.getAttribute("aria-label");
      box.setAttribute("aria-label", around.dataset.named);
      if (around.classList.contains("q-field__native")) around.removeAttribute("aria-label");
    }
  };
  const observer = new MutationObserver(name);
  observer.observe(root, { childList: true, subtree: true });
  name();
  return () => observer.disconnect();
}
