// One sound or film plays at a time.
let last = null;

export function playing(element) {
  if (last && last !== element) last.pause();
  last = element;
}
