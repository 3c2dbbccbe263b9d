// The icons of icons.svg by name, as the text inside their symbols.
import sheet from "./icons.svg";

export const ICONS = Object.fromEntries(
  [...sheet.matchAll(/<symbol id="([\w-]+)"[^>]*>(.*?)<\/symbol>/gs)].map(([, name, inside]) => [name, inside]),
);
