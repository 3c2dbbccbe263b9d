// Code in a few colours: comments, strings, numbers and words of the language. Parts of text, never HTML.
const WORDS = {
  python: "and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield None True False",
  javascript: "async await break case catch class const continue default delete do else export extends finally for from function if import in instanceof let new null of return static super switch this throw true false try typeof undefined var void while yield",
  sql: "select from where and or not null as join left right inner outer on group by order having limit insert into values update set delete create table drop alter with union all distinct case when then else end in is like between",
  shell: "if then else elif fi for in do done while case esac function return export local set",
  c: "auto break case char const continue default do double else enum extern float for if int long return short signed sizeof static struct switch typedef union unsigned void volatile while class public private namespace template typename using new delete true false nullptr",
  json: "true false null",
};
const SAME = { typescript: "javascript", cpp: "c", css: "", r: "", dockerfile: "shell", yaml: "json" };
const HASHES = new Set(["python", "shell", "yaml", "r", "dockerfile"]);
const MOST = 20_000;

/** Parts `[text, class]` of code in a language. */
export function codeParts(text, language) {
  const name = language?.startsWith("sql") ? "sql" : language;
  const words = new Set((WORDS[SAME[name] ?? name] ?? "").split(" ").filter(Boolean));
  if (text.length > MOST || (!words.size && !HASHES.has(name))) return [[text, ""]];
  const comment = HASHES.has(name) ? "#[^\\n]*" : name === "sql" ? "--[^\\n]*" : name === "json" ? "(?!)" : "//[^\\n]*|/\\*[^]*?\\*/";
  const pattern = new RegExp(`(${comment})|("""[^]*?"""|'''[^]*?'''|"(?:\\\\.|[^"\\\\\\n])*"|'(?:\\\\.|[^'\\\\\\n])*'|\`(?:\\\\.|[^\`\\\\])*\`)|(\\b\\d[\\w.]*\\b)|([A-Za-z_]\\w*)`, "g");
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const kind = match[1] ? "c" : match[2] ? "s" : match[3] ? "n" : words.has(name === "sql" ? match[4].toLowerCase() : match[4]) ? "k" : "";
    if (!kind) continue;
    if (match.index > end) parts.push([text.slice(end, match.index), ""]);
    parts.push([match[0], kind]);
    end = match.index + match[0].length;
  }
  parts.push([text.slice(end), ""]);
  return parts;
}
