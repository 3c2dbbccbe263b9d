// What is on its way to the server, of all bundles of the page: a run waits for it, so that it takes what is seen.

const waiting = (globalThis.daggrFnWaiting ??= new Set());

/** Have runs wait for a promise. */
export function waitFor(promise) {
  const settled = promise.catch(() => {}).finally(() => waiting.delete(settled));
  waiting.add(settled);
  return promise;
}

/** Does something when all that is on its way is there: at once where that is nothing. */
export function whenSent(then) {
  if (!waiting.size) return then();
  Promise.all(waiting).then(() => whenSent(then));
}
