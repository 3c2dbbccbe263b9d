// Whether a button or a finger is down: what moves between a press and its release is not clicked.

let pressed = false;
const waiting = new Set();

/** Whether something is down now. */
export const isPressed = () => pressed;

/** Do something at once, or after the release, and the click that it makes. The same is done once. */
export function whenReleased(then) {
  if (pressed) waiting.add(then);
  else then();
}

/** What is down will not become a click any more, or has been one. */
export function release() {
  if (!pressed) return;
  pressed = false;
  setTimeout(() => {
    if (pressed) return; // again: it waits for that, too
    for (const then of waiting) then();
    waiting.clear();
  });
}

addEventListener("pointerdown", () => (pressed = true), true);
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, release, true);
addEventListener("pointermove", ({ buttons }) => buttons || release(), true); // it was released outside of the window
addEventListener("blur", ({ target }) => target === window && release());
