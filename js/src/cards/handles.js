// What the handle of a port shows: filled where it has a value, square for a list, and the state of its card.

/** The classes of a handle. */
export function handleClass(state, card, port, side) {
  const status = state.statusOf(card.id);
  const taken = status.side === port.name && card.sides?.some((one) => one.name === port.name);
  const full = side === "out" ? Boolean(taken || gives(status, port.name)) : isFed(state, card.id, port.name);
  return {
    full,
    list: Boolean(port.list),
    "h-run": status.state === "running" || status.state === "queue",
    "h-stale": status.state === "stale" && full,
    "h-failed": side === "out" && status.state === "failed" && !(full && card.kind === "group"), // another of its steps failed
  };
}

/** What a step gave before it was skipped does not count. */
const gives = (status, port) => status.state !== "skipped" && Boolean(status.ports?.[port]);

function isFed(state, id, port) {
  const sources = (state.feeds[id] ?? {})[port] ?? [];
  return sources.some(([card, out]) => state.cards[card].kind === "input" || gives(state.statusOf(card), out));
}
