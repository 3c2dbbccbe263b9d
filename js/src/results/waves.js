// The shape of a sound, as heights of bars from 0 to 1, worked out in the browser and remembered.
const BARS = 56;
const MOST_BYTES = 12e6;
const known = new Map();
let last = Promise.resolve();

/** What is shown until the shape is known, and where it can't be: quiet bars of one height. */
export const flat = () => Array(BARS).fill(0.08);

/** The heights of a sound's bars and its length in seconds; `null` where the browser can't read it. */
export function wave(src, bytes) {
  if (bytes > MOST_BYTES) return Promise.resolve(null);
  if (!known.has(src)) {
    const found = last.then(() => read(src)).catch(() => null); // one after the other: decoding takes memory
    last = found;
    known.set(src, found);
    if (known.size > 300) known.delete(known.keys().next().value);
  }
  return known.get(src);
}

async function read(src) {
  const answer = await fetch(src);
  if (!answer.ok) return null;
  const context = new OfflineAudioContext(1, 1, 16000); // resamples to few samples while it decodes
  const sound = await context.decodeAudioData(await answer.arrayBuffer());
  return { bars: heights(sound.getChannelData(0)), seconds: sound.duration };
}

function heights(samples) {
  const width = Math.max(1, Math.floor(samples.length / BARS)), step = Math.max(1, Math.floor(width / 200));
  const sums = Array.from({ length: BARS }, (_, bar) => {
    let sum = 0, count = 0;
    for (let i = bar * width; i < (bar + 1) * width && i < samples.length; i += step) [sum, count] = [sum + samples[i] ** 2, count + 1];
    return count ? Math.sqrt(sum / count) : 0;
  });
  const most = Math.max(...sums, 1e-4);
  return sums.map((value) => 0.08 + 0.92 * (value / most));
}
