// The items of a mapped step: one letter each from the server, words and classes for people.
export const WORDS = { ".": "idle", q: "queue", r: "running", w: "wait", d: "done", u: "reused", f: "failed", s: "skipped", c: "cancelled" };

/** The items of a card after a change: letters of single items (`at`) are put into the whole (`states`). */
export function mergedItems(old, change) {
  if (!change || !change.at) return change;
  const letters = [...(old?.states ?? "".padEnd(change.count, "."))];
  const errors = { ...old?.errors };
  for (const [place, letter] of Object.entries(change.at)) {
    letters[place] = letter;
    delete errors[place];
  }
  const { at: _at, ...counts } = change;
  return { paths: old?.paths, ...counts, states: letters.join(""), errors: { ...errors, ...change.errors }, seconds: { ...old?.seconds, ...change.seconds } };
}

/** All items in order: what each is, and where it is found. */
export function itemList(items, upTo = Infinity) {
  const letters = items.states ?? "".padEnd(items.count ?? 0, ".");
  return [...letters.slice(0, upTo)].map((letter, place) => itemAt(items, place, letter));
}

/** An item's place in words: "2", or "2.1" where maps lie in each other. */
export const titleOf = (index) => index.map((one) => one + 1).join(".");

export function itemAt(items, place, letter = items.states?.[place] ?? ".") {
  const index = items.paths?.[place] ?? [place];
  return {
    place, index, key: String(place), title: titleOf(index), word: WORDS[letter] ?? "idle",
    error: items.errors?.[place], seconds: items.seconds?.[place],
  };
}

/** The places of the items that failed. */
export function failedPlaces(items) {
  const found = [];
  for (let at = items.states?.indexOf("f") ?? -1; at >= 0; at = items.states.indexOf("f", at + 1)) found.push(at);
  return found;
}
