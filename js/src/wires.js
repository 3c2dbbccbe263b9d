// Where wires run, and what they show of the steps that they join.
import { standIn } from "./state.js";

export const FIRST_PORT = 70; // px under the top of every card
export const PORT_PITCH = 24;
const PORT = 5; // half of a handle

/** The path of a wire: a curve with both control points half the distance out, or by way of a straight lane. */
export function path([x1, y1], [x2, y2], lane) {
  if (!lane) {
    const out = Math.max(Math.abs(x2 - x1) / 2, 24);
    return `M${x1},${y1}C${x1 + out},${y1} ${x2 - out},${y2} ${x2},${y2}`;
  }
  const [[lx1, ly], [lx2]] = lane;
  const before = Math.max((lx1 - x1) / 2, 12), after = Math.max((x2 - lx2) / 2, 12);
  return `M${x1},${y1}C${x1 + before},${y1} ${lx1 - before},${ly} ${lx1},${ly}L${lx2},${ly}C${lx2 + after},${ly} ${x2 - after},${y2} ${x2},${y2}`;
}

/** Where a wire ends at the edge of a card, from the card's place, its width, and the height of the port on it. */
export const leaving = ([x, y], width, height) => [x + width + PORT, y + height];
export const entering = ([x, y], height) => [x - PORT, y + height];

/** The wires that are drawn now: those of folded groups end at the group, once for each pair of ports. */
export function drawnWires(state) {
  const drawn = new Map();
  for (const wire of state.graph.wires) {
    const from = end(state, wire.from, "outs"), to = end(state, wire.to, "ins");
    if (from[0] === to[0]) continue;
    const id = `${from.join(".")}-${to.join(".")}`;
    const moved = from[0] !== wire.from[0] || to[0] !== wire.to[0];
    if (!drawn.has(id)) drawn.set(id, { ...wire, key: id, ends: [from, to], moved });
  }
  return [...drawn.values()];
}

function end(state, [card, port], side) {
  const shown = standIn(state, card);
  if (shown === card) return [card, port];
  const ports = state.cards[shown][side] ?? [];
  return [shown, ports.find((one) => one.of?.some(([c, p]) => c === card && p === port))?.name ?? ports[0]?.name ?? ""];
}

const ENDED = new Set(["done", "reused", "stale"]);

/** What a wire shows: fresh, idle (no value yet), stale, run, skipped, failed. */
export function wireState(source, target, isInput) {
  if (source.state === "skipped" || target.state === "skipped") return "skipped";
  if (source.state === "failed") return "failed";
  if (target.state === "running" || target.state === "queue") return "run";
  if (isInput) return "fresh";
  if (source.state === "stale") return "stale";
  if (ENDED.has(source.state)) return target.state === "stale" ? "stale" : "fresh";
  return Object.keys(source.ports ?? {}).length ? "fresh" : "idle";
}
