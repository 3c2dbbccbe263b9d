// The state of a card in words and an icon, as people read it.

const ICON = {
  idle: "idle", queue: "clock", running: "spin", done: "check", reused: "reuse", stale: "stale", wait: "person",
  failed: "fail", skipped: "skip", cancelled: "cancel", interrupted: "cancel",
};

export const stateIcon = (state) => ICON[state] ?? "idle";
export const stateClass = (state) => `st-${state === "interrupted" ? "cancelled" : state}`;

/** Seconds for people: "0.4 s", "9.6 s", "31 s", "2 min 5 s". */
export function seconds(value) {
  if (value == null) return "";
  if (value < 0.095) return `${Math.max(1, Math.round(value * 1000))} ms`;
  if (value < 10) return `${value.toFixed(1)} s`;
  if (value < 120) return `${Math.round(value)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A running clock: "0:06", "12:40". */
export function clock(value) {
  const whole = Math.max(0, Math.floor(value));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

const tries = (card) => (card.tries > 1 ? `, ${card.tries} tries` : "");
const inTime = (card) => (card.seconds != null ? ` in ${seconds(card.seconds)}` : "");

const made = (items) => (items.done ?? 0) + (items.reused ?? 0);
const ended = (items) => made(items) + (items.failed ?? 0) + (items.skipped ?? 0);

const WORDS = {
  idle: () => "Not run yet",
  queue: (card) => card.text || card.waits || "In a queue",
  running(card, now) {
    const time = card.since && now ? ` ${clock(now - card.since)}` : "";
    if (card.items?.count != null) return `Running${time}, ${ended(card.items)} of ${card.items.count}`;
    if (card.fraction != null) return `Running${time}, ${Math.round(card.fraction * 100)} %`;
    return card.text ? `${card.text}` : `Running${time}`;
  },
  done(card) {
    if (card.side && card.seconds == null) return `Side taken: ${card.side}`; // a condition that is no step's value
    if (card.answered_by) return `Backup answered${inTime(card)}`;
    if (card.items?.count === 0) return "Done, no items";
    if (card.items?.count != null) return `Done${inTime(card)}, ${made(card.items)} of ${card.items.count}`;
    return `Done${inTime(card)}${tries(card)}`;
  },
  reused: (card) => (card.saved ? `Reused, saved ${seconds(card.saved)}` : "Reused"),
  stale: (card) => (card.why ? `Stale, ${card.why}` : "Stale"),
  wait: () => "Waiting for you",
  failed(card) {
    if (card.failed_step) return `Failed: ${card.failed_step.split("/").at(-1)}${card.failed_more ? `, ${card.failed_more} more` : ""}`;
    const items = card.items?.failed ? `${card.items.failed} of ${card.items.count} failed` : "";
    return items || `Failed${card.seconds != null ? ` after ${seconds(card.seconds)}` : ""}${tries(card)}`;
  },
  skipped: (card) => (card.why ? `Skipped, ${card.why}` : "Skipped"),
  cancelled: (card) => (card.seconds != null ? `Cancelled at ${clock(card.seconds)}` : "Cancelled"),
  interrupted: (card) => (card.seconds != null ? `Interrupted at ${clock(card.seconds)}` : "Interrupted"),
};

/** The words of a card's state; `now` is the server's time in seconds, 0 for words without a clock. */
export const stateWords = (card, now) => (WORDS[card.state] ?? WORDS.idle)(card, now);

const KINDS = {
  input: "Inputs", space: "Space", fn: "Function", model: "Model", choice: "Choice", backup: "Backup", when: "Condition",
  repeat: "Repeat", group: "Group", person: "Person", pen: "Question", list: "List", gather: "Gather",
};

export const kindWord = (kind) => KINDS[kind] ?? "Step";

/** A name with the word for what it is, once: "Function write", "Inputs", "Sheet 1". */
export const named = (word, name) => (name === word || name.startsWith(`${word} `) ? name : `${word} ${name}`);
