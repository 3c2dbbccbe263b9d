// Where wires run, and what they show of the steps that they join.
import { isShown } from "./state.js";

export const FIRST_PORT = 70; // px under the top of every card
export const PORT_PITCH = 24;
const PORT = 5; // half of a handle

/** The path of a wire: curves with both control points half the distance out, and straight lanes between them. */
export function path(start, end, through = []) {
  let [x1, y1] = start, line = `M${x1},${y1}`;
  // A lane that begins at the edge of the card is behind the handle that the wire begins at.
  const onward = through.filter(([x, y], i) => i > 0 || x > x1 || y !== y1);
  for (const [x2, y2] of [...onward, end]) {
    const out = through.length ? Math.max((x2 - x1) / 2, 12) : Math.max(Math.abs(x2 - x1) / 2, 24);
    line += y1 === y2 && x2 > x1 ? `L${x2},${y2}` : `C${x1 + out},${y1} ${x2 - out},${y2} ${x2},${y2}`;
    [x1, y1] = [x2, y2];
  }
  return line;
}

/**
 * Where a wire begins at a card: its right edge, or, at the port by which an unfolded group takes a value, the inside of
 * its left edge. `box` is [x, y, width].
 */
export function begins([x, y, width], card, port, height) {
  const inside = isInward(card, port);
  return [inside ? x + PORT : x + width + PORT, y + height];
}

/** Where a wire ends at a card: its left edge, or the inside of the right edge of an unfolded group. */
export function ends([x, y, width], card, port, height) {
  return [isOutward(card, port) ? x + width - PORT : x - PORT, y + height];
}

const isInward = (card, port) => card.kind === "group" && card.ins.some((one) => one.name === port);
const isOutward = (card, port) => card.kind === "group" && !card.ins.some((one) => one.name === port) && card.outs.some((one) => one.name === port);

/** The wires that are drawn now: those inside of folded groups are not. */
export function drawnWires(state) {
  return state.graph.wires.filter(({ from: [from], to: [to] }) => isDrawn(state, from) && isDrawn(state, to));
}

/** The wires of a map that has no group frames: those across the edge of a group go on to the step that is meant. */
export function joinedWires(state, isThere) {
  const wires = drawnWires(state), into = {};
  for (const wire of wires) (into[wire.to.join("\0")] ??= []).push(wire);
  const pieces = ({ from }) => into[from.join("\0")] ?? [];
  const whole = (wire) =>
    isThere(wire.from[0]) ? [wire]
      : pieces(wire).flatMap(whole).map((one) => ({ ...one, id: `${one.id} ${wire.id}`, to: wire.to, each: one.each || wire.each }));
  return wires.filter(({ to: [to] }) => isThere(to)).flatMap(whole);
}

const isDrawn = (state, id) => state.cards[id] && isShown(state, state.cards[id]);

const ENDED = new Set(["done", "reused", "stale"]);

/** What a wire shows: fresh, idle (no value yet), stale, run, skipped, failed. */
export function wireState(source, target, isInput) {
  if (isInput && target.state !== "running" && target.state !== "queue") return target.state === "skipped" ? "skipped" : "fresh";
  if (source.state === "skipped" || target.state === "skipped") return "skipped";
  if (source.state === "failed") return "failed";
  if (target.state === "running" || target.state === "queue") return "run";
  if (source.state === "stale") return "stale";
  if (ENDED.has(source.state)) return target.state === "stale" ? "stale" : "fresh";
  return Object.keys(source.ports ?? {}).length ? "fresh" : "idle";
}

/** The state of a wire of the graph. Where it leaves a group, what counts is the step that its value comes from. */
export function stateOf(state, wire) {
  const [source, port] = wire.of ?? wire.from;
  const card = state.cards[source], { side } = state.statusOf(source);
  if (side && side !== port && card?.sides?.some((one) => one.name === port)) return "skipped"; // the other side was taken
  return wireState(state.statusOf(source), state.statusOf(wire.to[0]), card?.kind === "input");
}
