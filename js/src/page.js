// What every part of the page has at hand: the state, and the ways to act.
import { inject, provide } from "vue";

const KEY = Symbol("daggr_fn page");

export const providePage = (page) => provide(KEY, page);
export const usePage = () => inject(KEY);
