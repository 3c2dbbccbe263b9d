// Light or dark: what the person chose, else what the system has, also when that changes.
import { computed, ref } from "vue";

const KEY = "daggr_fn.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const system = ref(named(dark));
dark.addEventListener("change", () => (system.value = named(dark)));

/** The theme of a page: `shown`, `"light"` or `"dark"`; `next`, what `change` goes to, `null` for the system's. */
export function makeTheme(wanted) {
  const chosen = ref(isTheme(wanted) ? wanted : kept());
  const shown = computed(() => chosen.value ?? system.value);
  const next = computed(() => {
    if (chosen.value === null) return system.value === "dark" ? "light" : "dark";
    return chosen.value === system.value ? null : system.value;
  });
  function change() {
    chosen.value = next.value;
    keep(chosen.value);
  }
  return { shown, next, change };
}

function kept() {
  try {
    const name = localStorage.getItem(KEY);
    return isTheme(name) ? name : null;
  } catch {
    return null; // a browser that keeps nothing
  }
}

function keep(name) {
  try {
    if (name === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, name);
  } catch {
    // a browser that keeps nothing: the theme lasts as long as the page
  }
}

function isTheme(name) {
  return name === "light" || name === "dark";
}

function named(query) {
  return query.matches ? "dark" : "light";
}
