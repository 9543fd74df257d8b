// sync-exclude.lst of the Nextcloud and ownCloud clients, as their scan asks it (csync_exclude.cpp, Nextcloud 3.7): patterns
// without a slash are names anywhere, others are paths from the directory of their list, and all of a directory's are one
// regular expression: one that does not compile stops them all. A directory with patterns of its own hides those above it:
// they are asked only about a name at which one of its paths ends, and its paths only where one of theirs ends there, too.

import { type Exclusions, NO_EXCLUSIONS } from '../domain/exclusions.ts';
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

/** `above` is what stands before each path of the list: its directory and a slash, which the client reads as a pattern, too. */
function matcherOf(patterns: readonly ExcludePattern[], above: string): Matcher | null {
  const joined = (globs: readonly string[]): string => {
    const sources = globs.map(sourceOf);
    return sources.includes(null) ? '(' : sources.join('|') || NEVER;
  };
  const globs = patterns.map(({ glob }) => glob);
  const paths = globs.filter((glob) => glob.includes('/'));
  const [names, triggers, whole] = [
    compileRegExp(`^(?:${joined(globs.filter((glob) => !glob.includes('/')))})$`, 'u'),
    compileRegExp(`^(?:${joined(paths.map((glob) => glob.slice(glob.lastIndexOf('/') + 1)))})$`, 'u'),
    compileRegExp(`^(?:${joined(paths.map((glob) => above + glob))})(?:$|/)`, 'u'),
  ];
  return names && triggers && whole ? { names, triggers, paths: whole } : null;
}

/** The client's own files and what it never takes, whatever the lists say; the name as UTF-16 like its own length. */
const isOwn = (name: string): boolean =>
  name.length > 254 ||
  /^desktop\.ini$/i.test(name) ||
  (name.length >= 9 &&
    (/^\.owncloudsync\.log/i.test(name) ||
      (name.includes('.db') && /^(?:\._?sync_|\.csync_journal\.db)/i.test(name))));

interface Layer {
  /** null: not understood, so that nothing is left out by it, nor by any above it. */
  readonly forDirectories: Matcher | null;
  readonly forLeaves: Matcher | null;
}

/** The patterns of a tree, by the directory from which they count. */
export class SyncExcludeLists {
  readonly #layers = new Map<string, Layer>();
  readonly #ignoresHidden: boolean;

  constructor(ignoresHidden: boolean) {
    this.#ignoresHidden = ignoresHidden;
  }

  /** `directory` is latin1, '' is the root; a list without a pattern says nothing. false: they are not understood. */
  add(directory: string, patterns: readonly ExcludePattern[]): boolean {
    if (patterns.length === 0) return true;
    const above = directory === '' ? '' : `${textOfBytes(directory)}/`;
    const forDirectories = matcherOf(patterns, above);
    const forLeaves = matcherOf(
      patterns.filter(({ isForDirectories }) => !isForDirectories),
      above,
    );
    this.#layers.set(directory, { forDirectories, forLeaves });
    return forDirectories !== null && forLeaves !== null;
  }

  get exclusions(): Exclusions {
    return {
      ...NO_EXCLUSIONS,
      prunesDirectory: (path, name) => this.#isIgnored('forDirectories', path, name),
      skipsLeaf: (path, name) => this.#isIgnored('forLeaves', path, name),
    };
  }

  #isIgnored(which: keyof Layer, path: string, bytes: string): boolean {
    const name = textOfBytes(bytes);
    const isHidden = this.#ignoresHidden && name.startsWith('.') && name !== '.sync-exclude.lst';
    return isHidden || isOwn(name) || isListed(this.#above(path, which), textOfBytes(path), name);
  }

  /** Those that count for what is at this path, the nearest first. */
  #above(path: string, which: keyof Layer): (Matcher | null)[] {
    const found: (Matcher | null)[] = [];
    const isPlain = this.#layers.size <= (this.#layers.has('') ? 1 : 0);
    let directory = path;
    while (directory !== '') {
      directory = isPlain ? '' : directory.slice(0, Math.max(0, directory.lastIndexOf('/')));
      const layer = this.#layers.get(directory);
      if (layer !== undefined) found.push(layer[which]);
    }
    return found;
  }
}

function isListed(matchers: readonly (Matcher | null)[], path: string, name: string): boolean {
  for (const matcher of matchers) {
    if (matcher?.names.test(name)) return true;
    if (!matcher?.triggers.test(name)) return false;
  }
  return matchers.some((matcher) => matcher?.paths.test(path));
}
