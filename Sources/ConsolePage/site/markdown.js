// A small, safe part of Markdown: text in, a tree out, elements made of the tree. Never HTML out of text.
//
// Blocks: paragraph, heading, item (of a list), code. A block has runs `{text, at, strong, em, code, href}`;
// `at` is where the text stands in the source, so that what was not heard can be marked.
import { html } from "./elements.js";

const fence = /^\s*```/;
const heading = /^#{1,6}\s+/;
const bullet = /^(\s*)[-*+]\s+/;
const numbered = /^(\s*)(\d{1,3})[.)]\s+/;

/** Reads `text` into blocks. */
export function parse(text) {
  const blocks = [];
  let at = 0;
  let isCode = false;
  let isOpen = false; // whether the next line may go on with the last block
  for (const line of text.split("\n")) {
    const start = at;
    at += line.length + 1;
    if (fence.test(line)) {
      isCode = !isCode;
      if (isCode) blocks.push({ kind: "code", runs: [] });
      isOpen = false;
      continue;
    }
    if (isCode) {
      blocks.at(-1).runs.push({ text: `${line}\n`, at: start });
      continue;
    }
    if (line.trim() === "") {
      isOpen = false;
      continue;
    }
    const found = beginning(line);
    const runs = inline(line.slice(found.skip), start + found.skip);
    if (found.kind === "paragraph" && isOpen) blocks.at(-1).runs.push({ text: "\n", at: start - 1 }, ...runs);
    else blocks.push({ ...found, runs });
    isOpen = found.kind !== "heading";
  }
  return blocks;
}

function beginning(line) {
  const title = heading.exec(line);
  if (title) return { kind: "heading", skip: title[0].length };
  const point = bullet.exec(line);
  if (point) return { kind: "item", ordered: false, skip: point[0].length };
  const number = numbered.exec(line);
  if (number) return { kind: "item", ordered: true, number: Number(number[2]), skip: number[0].length };
  return { kind: "paragraph", skip: 0 };
}

// In the order in which they are tried at one place.
const marks = [
  { pattern: /`([^`]+)`/y, style: { code: true }, isPlain: true },
  { pattern: /\*\*(?=\S)(.+?\S|\S)\*\*/y, style: { strong: true } },
  { pattern: /__(?=\S)(.+?\S|\S)__(?!\w)/y, style: { strong: true }, atWord: true },
  { pattern: /\*(?=[^\s*])([^*]*[^\s*])\*/y, style: { em: true } },
  { pattern: /_(?=[^\s_])([^_]*[^\s_])_(?!\w)/y, style: { em: true }, atWord: true },
  { pattern: /\[([^\]]+)\]\((https?:\/\/[^\s()]+)\)/y, style: {}, isLink: true },
];
const address = /https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?]/y;

function inline(text, at, style = {}) {
  const runs = [];
  let plain = "";
  let i = 0;
  const flush = () => {
    if (plain !== "") runs.push({ text: plain, at: at + i - plain.length, ...style });
    plain = "";
  };
  while (i < text.length) {
    const found = markAt(text, i);
    const link = !style.href && !found ? match(address, text, i) : null;
    if (found && !(found.isLink && style.href)) {
      flush();
      const [whole, inner, href] = found.match;
      const inside = at + i + whole.indexOf(inner);
      const more = { ...style, ...found.style, ...(found.isLink ? { href } : {}) };
      runs.push(...(found.isPlain ? [{ text: inner, at: inside, ...more }] : inline(inner, inside, more)));
      i += whole.length;
    } else if (link) {
      flush();
      runs.push({ text: link[0], at: at + i, ...style, href: link[0] });
      i += link[0].length;
    } else {
      plain += text[i];
      i += 1;
    }
  }
  flush();
  return runs;
}

function markAt(text, i) {
  if (!"`*_[".includes(text[i])) return null;
  for (const mark of marks) {
    if (mark.atWord && /\w/.test(text[i - 1] ?? "")) continue;
    const found = match(mark.pattern, text, i);
    if (found) return { ...mark, match: found };
  }
  return null;
}

function match(pattern, text, i) {
  pattern.lastIndex = i;
  return pattern.exec(text);
}

/** The elements of `text`; what stands at `cut` and after it is marked as not heard. */
export function elementsOf(text, cut = Infinity) {
  const elements = [];
  for (const block of parse(text)) {
    const children = block.runs.flatMap((run) => nodesOf(run, cut));
    if (block.kind !== "item") {
      const name = { code: "pre", heading: "p", paragraph: "p" }[block.kind];
      elements.push(html(name, { class: block.kind === "paragraph" ? null : `md-${block.kind}` }, ...children));
      continue;
    }
    const name = block.ordered ? "ol" : "ul";
    if (elements.at(-1)?.localName !== name) {
      elements.push(html(name, { class: "md-list", start: block.number > 1 ? block.number : null }));
    }
    elements.at(-1).append(html("li", {}, ...children));
  }
  return elements;
}

function nodesOf(run, cut) {
  const split = Math.max(0, Math.min(run.text.length, cut - run.at));
  const heard = run.text.slice(0, split);
  const rest = run.text.slice(split);
  const nodes = [heard === "" ? null : heard, rest === "" ? null : html("s", { class: "entry-rest" }, rest)];
  return [styled(run, nodes.filter((node) => node !== null))].flat();
}

function styled(run, nodes) {
  if (run.code) nodes = [html("code", {}, ...nodes)];
  if (run.em) nodes = [html("em", {}, ...nodes)];
  if (run.strong) nodes = [html("strong", {}, ...nodes)];
  if (run.href) nodes = [html("a", { href: run.href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...nodes)];
  return nodes;
}
