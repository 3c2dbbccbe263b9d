// Bundles the components of the page, a file for each that NiceGUI loads: `node build.mjs FOLDER`.
// Vue itself stays outside: the page's import map gives NiceGUI's own, so that there is one.
import { readFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { createHash } from "node:crypto";
import { build } from "esbuild";
import { compileScript, compileStyle, parse } from "@vue/compiler-sfc";

// Single-file components as esbuild modules: script setup with its template inlined, and styles as text.
const vue = {
  name: "vue",
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor, errors } = parse(await readFile(path, "utf8"), { filename: path });
      if (errors.length) throw errors[0];
      const id = createHash("sha256").update(basename(path)).digest("hex").slice(0, 8);
      const script = compileScript(descriptor, { id, inlineTemplate: true, genDefaultAs: "component" });
      const styles = descriptor.styles.map((style) => {
        const made = compileStyle({ source: style.content, filename: path, id: `data-v-${id}`, scoped: style.scoped });
        if (made.errors.length) throw made.errors[0];
        return made.code;
      });
      const parts = [script.content];
      if (descriptor.styles.some((style) => style.scoped)) parts.push(`component.__scopeId = "data-v-${id}";`);
      if (styles.length) parts.push(`import { addStyle } from "${new URL("src/styles.js", import.meta.url).pathname}";`, `addStyle(${JSON.stringify(styles.join("\n"))});`);
      parts.push(`component.__name ??= "${basename(path, ".vue")}";`, "export default component;");
      return { contents: parts.join("\n"), loader: "js", resolveDir: dirname(path) };
    });
  },
};

// NiceGUI knows a component by the name of its file.
const ENTRIES = [
  ["daggr_fn_canvas", "main.js"],
  ["daggr_fn_media", "media/MediaInput.vue"],
  ["daggr_fn_rows", "rows/RowsEditor.vue"],
  ["daggr_fn_sketch", "media/Sketch.vue"],
];

await build({
  entryPoints: Object.fromEntries(ENTRIES.map(([name, file]) => [name, new URL(`src/${file}`, import.meta.url).pathname])),
  outdir: process.argv[2],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["vue"],
  loader: { ".css": "text", ".svg": "text" },
  define: { "process.env.NODE_ENV": '"production"', __VUE_PROD_DEVTOOLS__: "false" },
  legalComments: "linked", // the licences of what is in the bundle lie beside it
  plugins: [vue],
  logLevel: "warning",
});
