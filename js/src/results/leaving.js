// Elements of NiceGUI's that leave before they are ready: a chart whose card was folded while the chart was being made.
const LEAVING = /#runtime-(bum|um)$|unmount(ed)? hook$/i; // Vue's words for it, with and without its development build

/** Whether an error is of an element that leaves: it says nothing about the value that was shown. */
export const isLeaving = (info) => LEAVING.test(info);

/** A chart that left before it was there is made nevertheless: have it go then. */
export function sweep(instance, tries = 50) {
  if (!instance || !tries) return;
  if (!instance.chart) return void setTimeout(() => sweep(instance, tries - 1), 100);
  instance.resizeObserver?.disconnect();
  instance.chart.dispose();
}
