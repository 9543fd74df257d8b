// sync_list of onedrive (abraunegg): what to keep, with exceptions (docs/usage.md and clientSideFiltering.d, 2.4 and 2.5, which
// differ). Not tried against the program, which does nothing before its login: left out is only what both leave out.

import { compileRegExp, escapeForRegExp } from './path-text.ts';

interface Rule {
  readonly isIncluding: boolean;
  /** false: a name or a piece of a path anywhere. */
  readonly isRooted: boolean;
  /** Without sign and without slashes at its ends. */
  readonly path: string;
  /** What stands before the first `*`. */
  readonly literal: string;
  readonly exact: RegExp | null;
}

/** Rules in order; comments and blank lines dropped, doubled and trailing slashes too. */
const rulesOf = (text: string): readonly Rule[] =>
  text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '' && !/^[#;]/.test(line))
    .map(ruleOf);

function ruleOf(line: string): Rule {
  const isIncluding = !/^[!-]/.test(line);
  const written = isIncluding ? line : line.slice(1);
  const path = written.replace(/\/{2,}/g, '/').replace(/^(?:\.?\/)+|\/+$/g, '');
  const source = path.split('*').map(escapeForRegExp).join('[^/]*');
  return {
    isIncluding,
    isRooted: written.startsWith('/'),
    path,
    literal: path.split('*')[0] ?? '',
    exact: path.includes('..') ? null : compileRegExp(`^${source}(?:/.*)?$`, 's'),
  };
}

/** Whether a rule may keep this path, or something below it where it is a directory. */
function mayKeep({ isRooted, path: rule, literal }: Rule, path: string, isDirectory: boolean): boolean {
  if (rule.includes('..')) return true;
  if (!isRooted) return isDirectory || isSomewhere(rule, path);
  return path.startsWith(literal) || (isDirectory && literal.startsWith(path));
}

/** The letters between stars, in order. */
function isSomewhere(rule: string, path: string): boolean {
  let at = 0;
  for (const piece of rule.replace(/\/\*$/, '').split('*')) {
    const found = path.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return true;
}

export type PathQuestion = (path: string, isDirectory: boolean) => boolean;

/** Whether a path (text) is surely left out. An exception behind a rule that may keep the path is not relied on. */
export function compileSyncList(text: string, keepsRootFiles: boolean): PathQuestion {
  const rules = rulesOf(text);
  const including = rules.filter((rule) => rule.isIncluding);
  return (path, isDirectory) => {
    if (keepsRootFiles && !isDirectory && !path.includes('/')) return false;
    for (const rule of rules) {
      if (rule.isIncluding ? mayKeep(rule, path, isDirectory) : rule.exact?.test(path))
        return !rule.isIncluding;
    }
    return including.length > 0;
  };
}
