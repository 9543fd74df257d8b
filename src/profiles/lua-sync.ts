// The sync{...} blocks of an lsyncd configuration, as far as they are written out; Lua is read, never run.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import { bytesOfText, textOfBytes } from './path-text.ts';

interface Token {
  readonly kind: 'name' | 'string' | 'sign';
  readonly text: string;
  readonly line: number;
}

export type LuaValue =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'list'; readonly texts: readonly string[] }
  /** A variable, a call, an operation: known only when the configuration runs. */
  | { readonly kind: 'computed' };

/** One block: its named fields, and its unnamed ones as written (`default.rsync`). */
export interface SyncBlock {
  readonly line: number;
  readonly fields: ReadonlyMap<string, LuaValue>;
  readonly layers: readonly string[];
}

// Spaces, comments (long before short), long strings, quoted strings, names and numbers, any other sign.
const TOKEN =
  /\s+|--\[(=*)\[[\s\S]*?\]\1\]|--(?!\[=*\[)[^\n]*|\[(=*)\[([\s\S]*?)\]\2\]|"((?:[^"\\\n]|\\[\s\S])*)"|'((?:[^'\\\n]|\\[\s\S])*)'|[\w.]+|[^\s\w]/gy;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '\n' };

/** Numbers behind a backslash are bytes, and several of them may spell one character. */
const unescaped = (text: string): string =>
  textOfBytes(
    bytesOfText(text).replace(/\\(?:(\d{1,3})|x([0-9a-fA-F]{2})|([\s\S]))/g, (_, decimal, hex, sign) => {
      if (decimal !== undefined) return String.fromCharCode(Number(decimal) & 0xff);
      return hex === undefined ? (ESCAPES[sign] ?? sign) : String.fromCharCode(Number.parseInt(hex, 16));
    }),
  );

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, , , long, double, single] = match;
    const quoted = double ?? single;
    if (long !== undefined) tokens.push({ kind: 'string', text: long.replace(/^\r?\n/, ''), line });
    else if (quoted !== undefined) tokens.push({ kind: 'string', text: unescaped(quoted), line });
    else if (/^[\w.]/.test(whole)) tokens.push({ kind: 'name', text: whole, line });
    else if (!/^(\s|--)/.test(whole)) tokens.push({ kind: 'sign', text: whole, line });
    line += whole.split('\n').length - 1;
  }
  return tokens;
}

/** Every `sync{...}` and `sync({...})` outside comments; a block that does not end is an error. */
export function parseSyncBlocks(text: string): Result<readonly SyncBlock[], Malformed> {
  const tokens = tokensOf(text);
  const blocks: SyncBlock[] = [];
  for (const [index, token] of tokens.entries()) {
    const open = blockStart(tokens, index);
    if (open === null) continue;
    const entries = entriesOf(tokens, open);
    if (entries === null) return failure({ reason: 'sync{ is not closed', line: token.line });
    blocks.push(blockOf(entries, token.line));
  }
  return success(blocks);
}

/** The index of the `{` of a block that starts at `index`; null: none starts there. */
function blockStart(tokens: readonly Token[], index: number): number | null {
  const [token, next, after] = tokens.slice(index, index + 3);
  const before = tokens[index - 1];
  if (token?.kind !== 'name' || token.text !== 'sync' || before?.text === 'function') return null;
  if (isSign(next, '{')) return index + 1;
  return isSign(next, '(') && isSign(after, '{') ? index + 2 : null;
}

const isSign = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'sign' && token.text === text;

const DEPTH_OF: Readonly<Record<string, number>> = { '{': 1, '(': 1, '[': 1, '}': -1, ')': -1, ']': -1 };

/** The tokens between separators directly inside the braces opened at `open`; null: they never close. */
function entriesOf(tokens: readonly Token[], open: number): Token[][] | null {
  const entries: Token[][] = [[]];
  let depth = 1;
  for (const token of tokens.slice(open + 1)) {
    depth += token.kind === 'sign' ? (DEPTH_OF[token.text] ?? 0) : 0;
    if (depth === 0) return entries.filter((entry) => entry.length > 0);
    const isSeparator = depth === 1 && token.kind === 'sign' && /^[,;]$/.test(token.text);
    if (isSeparator) entries.push([]);
    else entries.at(-1)?.push(token);
  }
  return null;
}

function blockOf(entries: readonly Token[][], line: number): SyncBlock {
  const fields = new Map<string, LuaValue>();
  const layers: string[] = [];
  for (const entry of entries) {
    const [key, equals, ...value] = withPlainKey(entry);
    if (key?.kind === 'name' && isSign(equals, '=')) fields.set(key.text, luaValue(value));
    else if (entry.length === 1) layers.push(entry[0]?.text ?? '');
  }
  return { line, fields, layers };
}

/** `["source"] = x` is `source = x`. */
function withPlainKey(entry: readonly Token[]): readonly Token[] {
  const [open, key, close, ...rest] = entry;
  const isIndexed = isSign(open, '[') && key?.kind === 'string' && isSign(close, ']');
  return isIndexed ? [{ ...key, kind: 'name' }, ...rest] : entry;
}

function luaValue(tokens: readonly Token[]): LuaValue {
  const [first] = tokens;
  if (tokens.length === 1 && first?.kind === 'string') return { kind: 'string', text: first.text };
  const inner = isSign(first, '{') ? entriesOf(tokens, 0) : null;
  const texts = inner?.flatMap((entry) =>
    entry.length === 1 && entry[0]?.kind === 'string' ? [entry[0].text] : [],
  );
  return inner && texts?.length === inner.length ? { kind: 'list', texts } : { kind: 'computed' };
}
