// How far under the top of its card a port lies.
import { FIRST_PORT, PORT_PITCH } from "../wires.js";

/** Ports of a step lie one under the other; those of a card of inputs beside their fields, which the browser measures. */
export function portHeight(state, id, port, side) {
  const card = state.cards[id];
  const place = Math.max(0, (card[side] ?? []).findIndex((one) => one.name === port));
  if (card.kind !== "input") return FIRST_PORT + place * PORT_PITCH;
  return state.fieldHeights[id]?.[port] ?? FIRST_PORT + (card.outs.slice(0, place).reduce((sum, one) => sum + (one.height ?? 66), 0));
}
