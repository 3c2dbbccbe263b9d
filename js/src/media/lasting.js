// What is sent or drawn in a field goes on when the field is not shown: its card is taken off the page when it is out of view.
import { useAttrs } from "vue";

const lasting = new Map();

/** What is held for an element as long as the page is there: made when it is shown for the first time. */
export function useLasting(make) {
  const { id } = useAttrs();
  if (!lasting.has(id)) lasting.set(id, make());
  return lasting.get(id);
}

/** Tells those who listen, also when the component is gone: Vue's `emit` says nothing then. */
export function tell(listeners, event) {
  for (const listener of listeners ?? []) listener(event);
}
