// Small things that several views share.
import { onBeforeUnmount, onMounted, ref } from "vue";

/** The address that has the browser save a file. */
export const saved = (src) => `${src}${src.includes("?") ? "&" : "?"}download`;

/** A size for people: "6 kB", "1.7 MB". */
export function size(bytes) {
  if (bytes == null) return "";
  if (bytes < 1000) return `${bytes} bytes`;
  const steps = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000, at = 0;
  while (value >= 999.5 && at < steps.length - 1) [value, at] = [value / 1000, at + 1];
  return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} ${steps[at]}`;
}

/** A number with thin gaps: "15 388". */
export const grouped = (value) => String(value).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");

/** A cell of a table as it is read. */
export function cellText(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return value;
  if (Number.isInteger(value)) return Math.abs(value) >= 10000 ? grouped(value) : String(value);
  return String(Number(value.toPrecision(6)));
}

/** Whether an element has come near the part of the page that is seen; once seen, always. */
export function useSeen(element) {
  const seen = ref(false);
  let watcher;
  onMounted(() => {
    watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && ((seen.value = true), watcher.disconnect()), { rootMargin: "200px" });
    if (element.value) watcher.observe(element.value);
  });
  onBeforeUnmount(() => watcher?.disconnect());
  return seen;
}

/** The text behind an address; throws what a person can read. */
export async function fetchText(url) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) throw new Error("The whole of it is not there any more. Run the step again to see it.");
  return answer.text();
}
