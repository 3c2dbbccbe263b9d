// Styles as text in the page's head, in the order in which they are added.
export function addStyle(text) {
  document.head.append(Object.assign(document.createElement("style"), { textContent: text }));
}
