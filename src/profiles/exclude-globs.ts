// Our own --exclude: a glob without a slash is a name anywhere, one with a slash is a path from the root.

import { type Exclusions, NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { compileRegExp, escapeForRegExp, escapeInClass, textOfBytes } from './path-text.ts';

const PARTS = /\*\*\/|\/\*\*$|\*+|\?|\[!?[^\]]+\]|\\.|./gsu;

function expressionOf(part: string): string {
  if (part === '**/') return '(?:.*/)?';
  if (part === '/**') return '/.*';
  if (part === '*') return '[^/]*';
  if (part.startsWith('*')) return '.*';
  if (part === '?') return '[^/]';
  if (part.startsWith('[') && part.length > 2) return classOf(part.slice(1, -1));
  return escapeForRegExp(part.replace(/^\\(?=.)/su, ''));
}

function classOf(members: string): string {
  const isNegated = members.startsWith('!') && members.length > 1;
  const ranges = escapeInClass(isNegated ? members.slice(1) : members).replace(/(?<=.)\\-(?=.)/gsu, '-');
  return `(?!/)[${isNegated ? '^' : ''}${ranges}]`;
}

interface Rule {
  readonly expression: RegExp;
  readonly isForDirectories: boolean;
}

function ruleOf(glob: string): Rule[] {
  const bare = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  const path = bare.replace(/^\//, '');
  if (path === '') return [];
  const source = (path.match(PARTS) ?? []).map(expressionOf).join('');
  const anywhere = bare.includes('/') ? '' : '(?:.*/)?';
  // A class that is no class ([z-a]) is taken as it is written, as fnmatch(3) does.
  const expression =
    compileRegExp(`^${anywhere}${source}$`, 'su') ??
    compileRegExp(`^${anywhere}${escapeForRegExp(path)}$`, 'su');
  return expression === null ? [] : [{ expression, isForDirectories: glob.endsWith('/') }];
}

// Directories: everything below goes too. `dir/**` leaves dir itself; `**/name` is `name`.
/** Globs of one tree: `*.tmp`, `cache/`, `/books/old`; `*`, `?` and `[a-z]` stop at slashes, `**` does not. */
export function compileGlobs(globs: readonly string[]): Exclusions {
  const rules = globs.flatMap(ruleOf);
  if (rules.length === 0) return NO_EXCLUSIONS;
  const leafRules = rules.filter(({ isForDirectories }) => !isForDirectories);
  const matches = (some: readonly Rule[], path: string): boolean =>
    some.some(({ expression }) => expression.test(textOfBytes(path)));
  return {
    prunesDirectory: (path) => matches(rules, path),
    skipsLeaf: leafRules.length === 0 ? null : (path) => matches(leafRules, path),
  };
}
