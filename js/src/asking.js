// What the server answers to a part of the page.
import { shallowRef, watch } from "vue";
import { usePage } from "./page.js";

/** The answer to a question: `null` until it is there. It is asked again when what it depends on changes. */
export function useAnswer(what, more = () => ({}), when = more) {
  const { ask } = usePage();
  const answer = shallowRef(null);
  let last = null;
  watch(when, async () => {
    const own = (last = ask(what, more()));
    const found = await own;
    if (own === last) answer.value = found; // answers may overtake each other
  }, { immediate: true });
  return answer;
}
