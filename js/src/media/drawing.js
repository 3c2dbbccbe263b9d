// A drawing: strokes, on what was drawn earlier, on a picture.
import { shallowReactive } from "vue";

/** A drawing that has nothing on it yet; `version` says which of the server's drawings it began with. */
export const makeDrawing = ([width, height]) =>
  shallowReactive({ width, height, strokes: [], before: null, beneath: null, version: -1, sending: Promise.resolve(), latest: 0, fault: "" });

/** Paints all but the picture beneath. */
export function paint(canvas, { width, height, before, strokes }) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  pen.globalCompositeOperation = "source-over";
  if (before) pen.drawImage(before, 0, 0);
  for (const stroke of strokes) {
    pen.globalCompositeOperation = stroke.erasing ? "destination-out" : "source-over";
    Object.assign(pen, { strokeStyle: stroke.color, lineWidth: stroke.thickness, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    stroke.points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    if (stroke.points.length === 1) pen.lineTo(...stroke.points[0]);
    pen.stroke();
  }
}

/** The layer, and both together, as files: of how the drawing is now, whatever becomes of it meanwhile. */
export function asFiles(drawing) {
  const layer = paper(drawing), both = paper(drawing);
  paint(layer, drawing);
  const pen = both.getContext("2d");
  if (drawing.beneath) pen.drawImage(drawing.beneath, 0, 0);
  pen.drawImage(layer, 0, 0);
  return Promise.all([asFile(layer, "layer.png"), asFile(both, "composite.png")]);
}

const paper = ({ width, height }) => Object.assign(document.createElement("canvas"), { width, height });

async function asFile(canvas, name) {
  return new File([await new Promise((done) => canvas.toBlob(done, "image/png"))], name, { type: "image/png" });
}
