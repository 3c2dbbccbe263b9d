// How far under the top of its card a port lies.
import { FIRST_PORT } from "../wires.js";

const HEAD = 26; // the middle of a card's head, where thin wires end

/** Ports of a step lie one under the other; those of a card of inputs beside their fields, which the browser measures. */
export function portHeight(state, id, port, side) {
  const card = state.cards[id];
  if (!port) return HEAD;
  const frame = state.frames[id];
  if (frame) return frame.ins[port] ?? frame.outs[port] ?? FIRST_PORT;
  const found = card[side].find((one) => one.name === port) ?? card[side === "ins" ? "outs" : "ins"].find((one) => one.name === port);
  return state.fieldHeights[id]?.[port] ?? found?.y ?? FIRST_PORT;
}
