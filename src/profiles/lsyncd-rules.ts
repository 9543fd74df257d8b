// lsyncd's exclude and filter rules, as lsyncd itself applies them to watches (lsyncd.lua 2.2.3: Excludes, Filters).
// Its patterns look like rsync's but know only `*`, `**`, `?` and a leading slash; they compare bytes.

import type { Exclusions } from '../domain/exclusions.ts';
import { bytesOfText, compileRegExp, escapeForRegExp } from './path-text.ts';

// Lua's %s in the C locale: neither the byte order mark nor a no-break space is white.
/** Lines of an excludeFrom file: comments and `+` lines are dropped, a `-` before a pattern is not part of it. */
export const parseExcludeLines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => !/^[ \t-\r]*(\+|#|$)/.test(line))
    .map((line) => line.replace(/^[ \t-\r]*-?[ \t-\r]*/, ''));

/** Lines of a filterFrom file. */
export const parseFilterLines = (text: string): string[] =>
  text.split('\n').filter((line) => !/^[ \t-\r]*(#|$)/.test(line));

/** A pattern matches a name's start only behind a slash and ends at a slash or the end. */
function expressionOf(pattern: string): RegExp | null {
  const bytes = bytesOfText(pattern);
  const source = bytes
    .split(/(\?|\*+)/)
    .map((part) => {
      if (part === '?') return '[^/]';
      if (!part.startsWith('*')) return escapeForRegExp(part);
      return '.*'.repeat(Math.floor(part.length / 2)) + '[^/]*'.repeat(part.length % 2);
    })
    .join('');
  const rooted = bytes.startsWith('/') ? `^${source}` : `\\/${source}`;
  // A pattern that ends in `$` is matched by lsyncd as it stands, without asking for a boundary behind it.
  return compileRegExp(bytes.endsWith('$') ? rooted : `${rooted}(?:\\/|$)`, 's');
}

interface Rule {
  readonly isIncluding: boolean;
  readonly expression: RegExp;
}

function rulesOf(patterns: readonly string[], isIncluding: boolean): Rule[] {
  return patterns.flatMap((pattern) => {
    const expression = expressionOf(pattern);
    return expression === null ? [] : [{ isIncluding, expression }];
  });
}

/** Filter lines (`+ pattern`, `- pattern`) decide first, in their order; then any exclude pattern leaves out. */
export function compileLsyncdRules(filters: readonly string[], excludes: readonly string[]): Exclusions {
  const rules: Rule[] = [
    ...filters.flatMap((line) => {
      const [, sign, pattern] = /^[ \t-\r]*([+-])[ \t-\r]*(.*)$/s.exec(line) ?? [];
      return pattern === undefined ? [] : rulesOf([pattern], sign === '+');
    }),
    ...rulesOf(excludes, false),
  ];
  const isLeftOut = (path: string): boolean =>
    rules.find(({ expression }) => expression.test(path))?.isIncluding === false;
  return {
    prunesDirectory: (path) => isLeftOut(`/${path}/`),
    skipsLeaf: rules.length === 0 ? null : (path) => isLeftOut(`/${path}`),
  };
}
