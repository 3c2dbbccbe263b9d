// HTML that a step returned, made harmless: no scripts, no forms, no frames, nothing loaded from elsewhere unasked.
import createPurifier from "dompurify";

const purifier = createPurifier(globalThis.window);
const LOADING = new Set(["src", "srcset", "poster", "background", "data", "href", "xlink:href", "action", "formaction"]);
const REMOTE = /^\s*(?:https?:)?\/\//i;
const INLINE = /^\s*(?:data:(?:image|audio|video)\/[\w.+-]+[;,]|blob:|#)/i;
const LINK = /^\s*(?:https?:\/\/|mailto:|#)/i;
const LOADED = /url\(\s*["']?(?!#)|src\(|image(?:-set)?\(|expression\(|@import/i;
const ESCAPED = /\\/; // CSS takes \75rl( for url(
const PLAIN = new Set(["alt", "title", "href"]); // CSS does not read these
const FORBIDDEN = ["style", "form", "input", "button", "textarea", "select", "option", "dialog", "template", "slot", "link", "meta", "base", "iframe", "object", "embed", "feimage"];
const ATTRIBUTES = ["class", "slot", "autofocus", "contenteditable", "popover", "popovertarget", "accesskey", "tabindex", "is", "autoplay", "srcset"];

purifier.addHook("uponSanitizeAttribute", (node, data) => {
  const tag = node.nodeName.toLowerCase();
  if (!PLAIN.has(data.attrName) && (LOADED.test(data.attrValue) || ESCAPED.test(data.attrValue))) return void (data.keepAttr = false);
  if (!LOADING.has(data.attrName)) return;
  if (tag === "a" && data.attrName === "href") data.keepAttr = LINK.test(data.attrValue);
  else if (tag === "img" && data.attrName === "src" && REMOTE.test(data.attrValue)) return;
  else data.keepAttr = INLINE.test(data.attrValue);
});

purifier.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName.toLowerCase() === "a" && node.hasAttribute("href") && !node.getAttribute("href").trim().startsWith("#")) {
    node.setAttribute("target", "_blank");
    node.setAttribute("rel", "noopener noreferrer nofollow");
  }
  const source = node.nodeName.toLowerCase() === "img" ? node.getAttribute("src") : null;
  if (source && REMOTE.test(source)) standIn(node, source.trim());
});

const OPTIONS = {
  FORBID_TAGS: FORBIDDEN, FORBID_ATTR: ATTRIBUTES, ADD_ATTR: ["target"], SANITIZE_NAMED_PROPS: true, ALLOW_DATA_ATTR: false, ALLOW_ARIA_ATTR: false,
};

/** Harmless HTML, for `v-html`. Pictures from elsewhere become buttons that load them. */
export const harmless = (html) => purifier.sanitize(html ?? "", OPTIONS);

/** A whole page without its scripts, for a frame; its styles stay, since they hold there only. */
export const harmlessPage = (html) =>
  purifier.sanitize(html ?? "", {
    WHOLE_DOCUMENT: true, FORCE_BODY: true, ADD_TAGS: ["style"], ALLOW_DATA_ATTR: false,
    FORBID_TAGS: FORBIDDEN.filter((tag) => tag !== "style"), FORBID_ATTR: ATTRIBUTES.filter((name) => name !== "class"),
  });

/** A picture from elsewhere without its address: its words say what it is, and a click gives it the address. */
function standIn(picture, source) {
  const words = picture.getAttribute("alt");
  picture.removeAttribute("src");
  picture.setAttribute("data-remote", source);
  picture.setAttribute("alt", `${words ? `${words}: a` : "A"} picture from ${new URL(source, "https://x.invalid").host}. Load it`);
  picture.setAttribute("role", "button");
  picture.setAttribute("tabindex", "0");
}

/** The handler for clicks and keys on what `harmless` made: loads the picture from elsewhere. */
export function loadRemote(event) {
  const picture = event.target.closest?.("img[data-remote]");
  if (!picture || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
  event.preventDefault();
  picture.referrerPolicy = "no-referrer";
  picture.src = picture.dataset.remote;
  for (const name of ["data-remote", "role", "tabindex"]) picture.removeAttribute(name);
}

const STATIC = "default-src 'none'; img-src data: blob:; media-src data: blob:; style-src 'unsafe-inline'; font-src data:";
const ALONE = `${STATIC}; script-src 'unsafe-inline' 'unsafe-eval' blob:`;
const policy = (text) => `<meta http-equiv="Content-Security-Policy" content="${text}">`;

/** The source of a frame: a page that stands still. */
export const stillPage = (html, dark) => `${policy(STATIC)}${base(dark)}${harmlessPage(html)}`;
/** The source of a frame: a page whose scripts run, alone and without the net. */
export const alonePage = (html) => `${policy(ALONE)}${html}`;

const base = (dark) => `<style>:root{color-scheme:${dark ? "dark" : "light"}}body{margin:0;padding:8px;font:13px/20px system-ui,sans-serif}img{max-width:100%}</style>`;
