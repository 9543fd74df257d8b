// sync-exclude.lst of the Nextcloud and ownCloud clients, as their scan asks it (csync_exclude.cpp, Nextcloud 3.7): patterns
// without a slash are names anywhere, others are paths from the root, and all of a list are one regular expression: one that
// does not compile stops them all.

import { type Exclusions, NO_EXCLUSIONS } from '../domain/exclusions.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { bytesOfText, compileRegExp, escapeForRegExp, textOfBytes } from './path-text.ts';

export interface ExcludePattern {
  readonly glob: string;
  readonly isForDirectories: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '?': '?',
  '#': '#',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Patterns in order. What stands behind `#!version` is for some versions only: it is not applied. */
export function parseSyncExclude(text: string): readonly ExcludePattern[] {
  const lines = bytesOfText(text)
    .split('\n')
    .map((line) => line.replace(/^[ \t-\r]+/, '').replace(/(?<![ \t-\r])[ \t-\r]+$/, ''));
  return (
    lines
      .filter(
        (line, index) => line !== '' && !line.startsWith('#') && !/^#!version /.test(lines[index - 1] ?? ''),
      )
      .map((line) => line.replace(/\\(.)/gs, (both, sign) => ESCAPES[sign] ?? both))
      // Qt drops a byte order mark of each line, but only after it was asked whether it is a comment.
      .map((line) => patternOf(textOfBytes(line).replace(/^\uFEFF/, '')))
  );
}

/** `]` before a pattern only says that the client may delete what it finds on its way. */
function patternOf(line: string): ExcludePattern {
  const isForDirectories = line.endsWith('/');
  return { glob: (isForDirectories ? line.slice(0, -1) : line).replace(/^\]/, ''), isForDirectories };
}

// A class up to the first ] that no backslash stands before, an escaped sign, a star, a question mark, any other.
const SIGNS = /\[((?:\\\]|[^\]])*)\]|\\([*?[\\])|(\*)|(\?)|([\s\S])/gu;

/** null: a class that these and those regular expressions take differently. */
function sourceOf(glob: string): string | null {
  let source = '';
  for (const [, members, escaped, star, mark, sign] of glob.matchAll(SIGNS)) {
    if (members !== undefined) {
      if (/^!?$|\[[:.=]/.test(members)) return null;
      source += `[${members.replace(/^!/, '^').replace(/\[/g, '\\[')}]`;
    } else if (star !== undefined) source += '[^/]*';
    else if (mark !== undefined) source += '[^/]';
    else source += escapeForRegExp(escaped ?? sign ?? '');
  }
  return source;
}

interface Matcher {
  readonly names: RegExp;
  /** Asked of the name before the path is. */
  readonly triggers: RegExp;
  readonly paths: RegExp;
}

const NEVER = '(?!)';

function matcherOf(patterns: readonly ExcludePattern[]): Matcher | null {
  const joined = (globs: readonly string[]): string => {
    const sources = globs.map(sourceOf);
    return sources.includes(null) ? '(' : sources.join('|') || NEVER;
  };
  const globs = patterns.map(({ glob }) => glob);
  const paths = globs.filter((glob) => glob.includes('/'));
  const compiled = [
    compileRegExp(`^(?:${joined(globs.filter((glob) => !glob.includes('/')))})$`, 'u'),
    compileRegExp(`^(?:${joined(paths.map((glob) => glob.slice(glob.lastIndexOf('/') + 1)))})$`, 'u'),
    compileRegExp(`^(?:${joined(paths)})(?:$|/)`, 'u'),
  ];
  const [names, triggers, whole] = compiled;
  return names && triggers && whole ? { names, triggers, paths: whole } : null;
}

const isMatch = ({ names, triggers, paths }: Matcher, path: string, name: string): boolean =>
  names.test(name) || (triggers.test(name) && paths.test(path));

/** The client's own files and what it never takes, whatever the lists say; the name as UTF-16 like its own length. */
const isOwn = (name: string): boolean =>
  name.length > 254 ||
  /^desktop\.ini$/i.test(name) ||
  (name.length >= 9 &&
    (/^\.owncloudsync\.log/i.test(name) ||
      (name.includes('.db') && /^(?:\._?sync_|\.csync_journal\.db)/i.test(name))));

/** The error is what stops the lists. */
export function compileSyncExclude(
  patterns: readonly ExcludePattern[],
  ignoresHidden: boolean,
): Result<Exclusions, string> {
  const forDirectories = matcherOf(patterns);
  const forLeaves = matcherOf(patterns.filter(({ isForDirectories }) => !isForDirectories));
  if (forDirectories === null || forLeaves === null) return failure('a [] in it is not understood here');
  const isIgnored = (matcher: Matcher, path: string, bytes: string): boolean => {
    const name = textOfBytes(bytes);
    const isHidden = ignoresHidden && name.startsWith('.') && name !== '.sync-exclude.lst';
    return isHidden || isOwn(name) || isMatch(matcher, textOfBytes(path), name);
  };
  return success({
    ...NO_EXCLUSIONS,
    prunesDirectory: (path, name) => isIgnored(forDirectories, path, name),
    skipsLeaf: (path, name) => isIgnored(forLeaves, path, name),
  });
}
