// The graph as a picture: cards as plain boxes with their names and ports, wires between them. No results are in it.
import { begins, drawnWires, ends, path } from "./wires.js";
import { portHeight } from "./flow/ports.js";
import { kindWord } from "./words.js";

const MARGIN = 32;

export async function exportPicture(page, kind) {
  const svg = graphAsSvg(page.state, page.places);
  const blob = new Blob([svg.text], { type: "image/svg+xml" });
  save(kind === "svg" ? blob : await asPng(blob, svg), `${page.state.graph.name}.${kind}`);
}

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function graphAsSvg(state, places) {
  const style = getComputedStyle(document.body), ink = (name) => style.getPropertyValue(name).trim();
  const boxes = Object.fromEntries(state.shown.value.map((card) => [card.id, boxOf(state, card, places)]));
  const wires = drawnWires(state).map(({ id, from: [from, out], to: [to, into] }) => {
    const a = state.cards[from], b = state.cards[to];
    const start = begins(boxes[from], a, out, portHeight(state, from, out, "outs")), end = ends(boxes[to], b, into, portHeight(state, to, into, "ins"));
    return `<path d="${path(start, end, state.lanes[id])}" fill="none" stroke="${ink("--wire")}" stroke-width="1.5"/>`;
  });
  const words = (text, x, y, size, color, anchor = "start") =>
    `<text x="${x}" y="${y}" font-family="sans-serif" font-size="${size}" text-anchor="${anchor}" fill="${ink(color)}">${escaped(text)}</text>`;
  const ports = (card, side, isFrame) =>
    card[side].filter((port) => !port.unseen).map((port) => {
      const [left, top, width] = boxes[card.id], right = side === "outs", far = right ? left + width : left;
      const y = top + portHeight(state, card.id, port.name, side), r = port.list ? 3 : 5;
      const dot = `<rect x="${far - 5}" y="${y - 5}" width="10" height="10" rx="${r}" fill="${ink("--surface")}" stroke="${ink("--line-3")}" stroke-width="1.5"/>`;
      const name = fitted(port.label ?? port.name, card.kind === "input" ? width : width / 2);
      if (isFrame) return dot;
      return dot + (right && card.kind !== "input" ? words(name, far - 14, y + 4, 12, "--ink-2", "end") : words(name, left + 14, y + 4, 12, "--ink-2"));
    }).join("");
  const drawn = (card) => {
    const [x, y, width, height] = boxes[card.id], frame = state.frames[card.id] && !state.folded.has(card.id);
    const rect = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${frame ? 16 : 12}" fill="${frame ? "none" : ink("--surface")}" stroke="${ink("--line-2")}"/>`;
    const name = fitted(card.name, width);
    return [frame, rect + words(name, x + 14, y + 24, 13, "--ink") + words(kindWord(card.kind), x + 14, y + 41, 11, "--ink-3") + ports(card, "ins", frame) + ports(card, "outs", frame)];
  };
  const parts = state.shown.value.map(drawn), frames = parts.filter(([frame]) => frame), cards = parts.filter(([frame]) => !frame);
  const all = Object.values(boxes), left = Math.min(...all.map((box) => box[0])) - MARGIN, top = Math.min(...all.map((box) => box[1])) - MARGIN;
  const width = Math.max(...all.map((box) => box[0] + box[2])) + MARGIN - left, height = Math.max(...all.map((box) => box[1] + box[3])) + MARGIN - top;
  const back = `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${ink("--canvas")}"/>`;
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}">${back}${[...frames, ...cards].map(([, svg]) => svg).join("")}${wires.join("")}</svg>`;
  return { text, width, height };
}

/** Where a card is, and how large: as the canvas shows it, else as the server expects it. */
function boxOf(state, card, places) {
  if (state.frames[card.id] && !state.folded.has(card.id)) return state.frames[card.id].rect;
  return [...(state.places[card.id] ?? [0, 0]), card.width, places?.rect(card.id)?.[3] ?? card.height];
}

const fitted = (name, width) => (name.length * 7.5 > width - 28 ? `${name.slice(0, Math.floor((width - 28) / 7.5) - 1)}…` : name);

async function asPng(blob, { width, height }) {
  const image = new Image(width, height);
  const url = URL.createObjectURL(blob);
  await new Promise((done, failed) => Object.assign(image, { onload: done, onerror: failed, src: url }));
  const scale = Math.min(2, 8192 / Math.max(width, height));
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
