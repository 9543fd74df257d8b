// On which line of a TOML text a key stands: the parser tells what a file says, not where.

const TABLE = /^\s*\[+\s*([^\]]+?)\s*\]/;
const KEY = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/;
const PART = /[\w-]+|"([^"]*)"|'([^']*)'/g;

const partsOf = (dotted: string): string[] =>
  [...dotted.matchAll(PART)].map(([bare, double, single]) => double ?? single ?? bare);

/** The line (from 1) of the longest part of `path` that is written down; 1 if none of it is. */
export function lineOfKey(text: string, path: readonly string[]): number {
  let table: string[] = [];
  let best = { depth: 0, line: 1 };
  for (const [index, line] of text.split('\n').entries()) {
    const header = TABLE.exec(line)?.[1];
    if (header !== undefined) table = partsOf(header);
    const key = header === undefined ? KEY.exec(line)?.[1] : '';
    if (key === undefined) continue;
    const written = [...table, ...partsOf(key)];
    const isOnPath = written.length <= path.length && written.every((part, at) => part === path[at]);
    if (isOnPath && written.length > best.depth) best = { depth: written.length, line: index + 1 };
  }
  return best.line;
}
