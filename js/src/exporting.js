// The graph as a picture: cards as plain boxes with their names, wires between them. Nothing of the results is in it.
import { begins, drawnWires, ends, path } from "./wires.js";
import { portHeight } from "./flow/ports.js";
import { kindWord } from "./words.js";

const MARGIN = 32;

export async function exportPicture(page, kind) {
  const svg = graphAsSvg(page.state, page.view);
  const blob = new Blob([svg.text], { type: "image/svg+xml" });
  save(kind === "svg" ? blob : await asPng(blob, svg), `${page.state.graph.name}.${kind}`);
}

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function graphAsSvg(state, view) {
  const style = getComputedStyle(document.body), ink = (name) => style.getPropertyValue(name).trim();
  const box = view.box(), width = box.width + 2 * MARGIN, height = box.height + 2 * MARGIN;
  const place = (card) => state.frames[card.id]?.rect ?? [...(state.places[card.id] ?? [0, 0]), card.width];
  const wires = drawnWires(state).map(({ id, from: [from, out], to: [to, into] }) => {
    const a = state.cards[from], b = state.cards[to];
    const start = begins(place(a), a, out, portHeight(state, from, out, "outs")), end = ends(place(b), b, into, portHeight(state, to, into, "ins"));
    return `<path d="${path(start, end, state.lanes[id])}" fill="none" stroke="${ink("--wire")}" stroke-width="1.5"/>`;
  });
  const cards = state.shown.value.filter((card) => !state.frames[card.id]).map((card) => {
    const [x, y] = place(card), tall = state.heights?.[card.id] ?? 104;
    const words = (text, dy, size, color) => `<text x="${x + 14}" y="${y + dy}" font-family="sans-serif" font-size="${size}" fill="${ink(color)}">${escaped(text)}</text>`;
    return `<rect x="${x}" y="${y}" width="${card.width}" height="${tall}" rx="12" fill="${ink("--surface")}" stroke="${ink("--line-2")}"/>` + words(card.name, 24, 13, "--ink") + words(kindWord(card.kind), 41, 11, "--ink-3");
  });
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${box.x - MARGIN} ${box.y - MARGIN} ${width} ${height}"><rect x="${box.x - MARGIN}" y="${box.y - MARGIN}" width="${width}" height="${height}" fill="${ink("--canvas")}"/>${wires.join("")}${cards.join("")}</svg>`;
  return { text, width, height };
}

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
