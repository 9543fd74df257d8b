// seafile-ignore.txt at the top of a library (help.seafile.com, excluding files; seafile 8.0 daemon/repo-mgr.c): GLib patterns
// over the whole path, where `*` and `?` cross slashes and nothing can be escaped. Only the scan asks them.

import { join } from 'node:path';
import type { Exclusions } from '../domain/exclusions.ts';
import { readRulesText } from './config-text.ts';
import { bytesOfText, compileRegExp, escapeForRegExp, textOfBytes } from './path-text.ts';
import type { TreeRules } from './root.ts';

/** fgets into a buffer of PATH_MAX: a longer line is read as several. */
const LONGEST_PIECE_BYTES = 4095;
const PIECES = new RegExp(`[^\\n]{1,${LONGEST_PIECE_BYTES}}`, 'g');

/** Names that no library gets, in every version seen (5 to 9): later ones have more. */
const ALWAYS = /^(?:.*~|#.*#|Thumbs\.db|\.DS_Store)$/s;

export const parseSeafileIgnore = (text: string): readonly string[] =>
  (bytesOfText(text).match(PIECES) ?? [])
    .map((line) => textOfBytes(line.replace(/^[ \t-\r]+/, '').replace(/(?<![ \t-\r])[ \t-\r]+$/, '')))
    .filter((line) => line !== '' && !line.startsWith('#'));

/** A directory is asked for with a slash at its end; a pattern that ends in one covers all below it. */
function expressionOf(pattern: string): RegExp | null {
  const source = (pattern.endsWith('/') ? `${pattern}*` : pattern)
    .split(/(\*+|\?)/)
    .map((part) => (part === '?' ? '.' : part.startsWith('*') ? '.*' : escapeForRegExp(part)))
    .join('');
  return compileRegExp(`^${source}$`, 'su');
}

export function compileSeafileIgnore(text: string): Exclusions {
  const expressions = parseSeafileIgnore(text).flatMap((pattern) => expressionOf(pattern) ?? []);
  const isIgnored = (path: string, name: string): boolean =>
    ALWAYS.test(name) || expressions.some((expression) => expression.test(textOfBytes(path)));
  return {
    prunesDirectory: (path, name) => isIgnored(`${path}/`, name),
    skipsLeaf: isIgnored,
  };
}

export function readSeafileIgnore(root: string, sysroot = ''): TreeRules {
  const path = join(root, 'seafile-ignore.txt');
  const read = readRulesText(path, sysroot);
  if (read.kind === 'text') return { ignore: compileSeafileIgnore(read.text), caveat: null };
  const caveat = `${path} cannot be read (${read.kind === 'absent' ? '' : read.reason}): what it leaves out is counted`;
  return { ignore: compileSeafileIgnore(''), caveat: read.kind === 'absent' ? null : caveat };
}
