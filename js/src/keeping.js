// What a page has that the server does not know: kept while the page is built anew because the pipeline's code changed.
const PATIENCE = 10_000; // ms until a field that was typed in must be there again

let kept = {};

/** Keep where one looks, and what is being typed. Called just before the old page goes. */
export function keep(page) {
  const { state } = page;
  kept = { view: state.view.value, full: state.full.value, selected: state.selected.value, at: page.view?.at?.(), draft: draft() };
}

/** What was kept, once. */
export function takeKept() {
  const found = kept;
  kept = {};
  return found;
}

function draft() {
  const field = document.activeElement, slot = field?.closest?.("[data-slot]");
  if (!slot || !("value" in field)) return null;
  const place = fieldsIn(slot).indexOf(field);
  return { slot: slot.dataset.slot, place, value: field.value, from: caret(field, "selectionStart"), to: caret(field, "selectionEnd") };
}

/** Put what was being typed back, as soon as its field is there. */
export function restoreDraft(draft) {
  if (!draft || retype(draft)) return;
  const observer = new MutationObserver(() => retype(draft) && observer.disconnect());
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), PATIENCE);
}

function retype({ slot, place, value, from, to }) {
  const root = document.querySelector(`[data-slot="${CSS.escape(slot)}"]`), field = root && fieldsIn(root)[place];
  if (!field) return false;
  field.focus({ preventScroll: true });
  if (field.value !== value && field.type !== "file") {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (from !== null) field.setSelectionRange(from, to);
  return true;
}

const fieldsIn = (root) => [...root.querySelectorAll("input, textarea, select")];

function caret(field, which) {
  try {
    return field[which] ?? null;
  } catch {
    return null; // a field of a kind that has no caret
  }
}
