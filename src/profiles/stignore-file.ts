import { dirname, join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { readRulesText } from './config-text.ts';
import type { TreeRules } from './root.ts';
import { compileStignore, hasDoubtfulSigns, type IncludeReader, parseStignore } from './stignore.ts';

export interface StignorePlace {
  readonly sysroot?: string | undefined;
  /** Default true. */
  readonly isWatched?: boolean;
}

/** The rules of a folder; one bad line and Syncthing will not scan the folder at all, so none is applied. */
export function readStignore(root: string, place: StignorePlace): TreeRules {
  const path = join(root, '.stignore');
  const read = readRulesText(path, place.sysroot);
  const noRules = compileStignore([], place.isWatched ?? true);
  if (read.kind === 'absent') return { ignore: noRules, caveat: null };
  if (read.kind === 'unreadable')
    return { ignore: noRules, caveat: `${path} cannot be read (${read.reason}): nothing is left out` };
  const rules = rulesOfStignore(root, read.text, place);
  return rules.ok ? rules.value : { ignore: noRules, caveat: rules.error };
}

/** The same of a text that may not have been written yet; the error names the line that is no rule. */
export function rulesOfStignore(
  root: string,
  text: string,
  { sysroot = '', isWatched = true }: StignorePlace,
): Result<TreeRules, string> {
  const path = join(root, '.stignore');
  const parsed = parseStignore(text, includeReader(root, '.', sysroot, new Set()));
  if (parsed.ok)
    return success({
      ignore: compileStignore(parsed.value, isWatched),
      caveat: parsed.value.some(hasDoubtfulSigns) ? doubtIn(path) : null,
    });
  const { reason, line } = parsed.error;
  return failure(`${path}, line ${line}: ${reason}; Syncthing will not scan this folder until it is mended`);
}

const doubtIn = (path: string): string =>
  `names beyond ASCII that a ? or [] of ${path} leaves out are counted: Syncthing itself misses some of them`;

/** An include is relative to the file it stands in, never outside the folder, and met once. */
function includeReader(root: string, directory: string, sysroot: string, met: Set<string>): IncludeReader {
  return (name, seen) => {
    const relative = join(directory, name).replace(/^\//, '');
    if (relative.startsWith('..')) return failure(`#include ${name} leaves the folder`);
    if (met.has(relative)) return failure(`#include ${name} is included twice`);
    met.add(relative);
    const read = readRulesText(join(root, relative), sysroot);
    if (read.kind !== 'text') return failure(`#include ${name} cannot be read`);
    const parsed = parseStignore(read.text, includeReader(root, dirname(relative), sysroot, met), seen);
    return parsed.ok
      ? success(parsed.value)
      : failure(`${name}, line ${parsed.error.line}: ${parsed.error.reason}`);
  };
}
