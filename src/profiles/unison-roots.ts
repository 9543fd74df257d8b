// Unison's roots: two on its command line, or in a profile below ~/.unison.

import { join, resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { expandHome } from './command.ts';
import { listConfigs, readFirstConfig } from './config-text.ts';
import {
  NAME_THE_TREE,
  plainRoot,
  type Root,
  type RootsFound,
  type RootsRequest,
  type RootsTrouble,
} from './root.ts';

const SUFFIX = '.prf';
const CAVEAT = 'what ignore lines leave out is counted';

/** Preferences without a value (unison -help, 2.52); any other takes the next word. */
const SWITCHES: ReadonlySet<string> = new Set(
  `version group owner times batch auto silent terse i backups confirmbigdel confirmmerge copyonconflict dontchmod fat
  ignoreinodenumbers numericids sortbysize sortnewfirst dumbtty addversionno halfduplex killserver rsync stream testserver
  xferbycopying ignorearchives contactquietly ignorelocks log showarchive watch dumparchives fastercheckUNSAFE selftest
  acl xattrs`.split(/\s+/),
);

/** What decides which trees there are, and whether they are watched: values in the order they are said. */
interface Preferences {
  readonly roots: readonly string[];
  readonly paths: readonly string[];
  readonly repeats: readonly string[];
}

/** `watch`, or with a full scan now and then `watch+3600`; the last word counts. */
const watching = (repeats: readonly string[]): Pick<RootsFound, 'actsAs'> =>
  /^watch(?:\+|$)/.test(repeats.at(-1) ?? '') ? { actsAs: { unison: 'unison-watch' } } : {};

interface CommandLine extends Preferences {
  readonly words: readonly string[];
}

function commandLine(argv: readonly string[]): CommandLine {
  const said: Record<'root' | 'path' | 'repeat', string[]> = { root: [], path: [], repeat: [] };
  const words: string[] = [];
  const left = argv.slice(1).values();
  for (const word of left) {
    const [, name, , inline] = /^--?([A-Za-z]+)(=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) words.push(word);
    else if (!SWITCHES.has(name)) {
      const value = inline ?? left.next().value ?? '';
      if (name === 'root' || name === 'path' || name === 'repeat') said[name].push(value);
    }
  }
  return { words, roots: said.root, paths: said.path, repeats: said.repeat };
}

/** Two roots of the command line, the profile it names, or every profile there is. */
export function readUnisonRoots(request: RootsRequest): Result<RootsFound, RootsTrouble> {
  const { words, roots, paths, repeats } = commandLine(request.argv);
  if (words.length >= 2 || roots.length >= 2) {
    const found = treesOf({ roots: [...words, ...roots], paths }, 'the command line', request);
    return success({ ...found, evidence: 'the command line', ...watching(repeats) });
  }
  return rootsOfProfiles(words[0], { paths, repeats }, request);
}

/** `name` undefined: all of them. `over` is what the command line says besides. */
function rootsOfProfiles(
  name: string | undefined,
  over: Omit<Preferences, 'roots'>,
  request: RootsRequest,
): Result<RootsFound, RootsTrouble> {
  const directory = request.env['UNISON'] || join(request.home, '.unison');
  const files = name === undefined ? listConfigs(directory, SUFFIX, request.sysroot) : [`${name}${SUFFIX}`];
  const found = files.flatMap((file) => {
    const said = readProfile(directory, file, request);
    return said.roots.length === 0
      ? []
      : [
          {
            ...treesOf({ roots: said.roots, paths: [...said.paths, ...over.paths] }, file, request),
            ...watching([...said.repeats, ...over.repeats]),
          },
        ];
  });
  const evidence = files.length === 0 ? directory : files.map((file) => join(directory, file)).join(', ');
  if (found.length === 0)
    return failure({
      path: directory,
      reason: `no Unison profile with a root in ${evidence}`,
      hint: NAME_THE_TREE,
    });
  const roots = found.flatMap((each) => each.roots);
  const sides = Math.max(...found.map((each) => each.sides));
  const { actsAs } = found.find((each) => each.actsAs !== undefined) ?? {};
  return success({ roots, evidence, sides, ...(actsAs !== undefined && { actsAs }) });
}

/** How deep profiles may include each other. */
const DEEPEST_INCLUDE = 8;

type RequestBelow = Pick<RootsRequest, 'sysroot'> & { readonly depth?: number };

/** What a profile and what it includes say. */
function readProfile(directory: string, name: string, request: RequestBelow): Preferences {
  const lines = linesOf(directory, name, request);
  const said = (key: string): string[] =>
    lines.flatMap((line) => {
      const [, written, value = ''] = /^\s*(root|path|repeat)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return written === key ? [value] : [];
    });
  return { roots: said('root'), paths: said('path'), repeats: said('repeat') };
}

/** Its lines with those of the files it includes in their place; what cannot be read has none. */
function linesOf(directory: string, name: string, { sysroot, depth = 0 }: RequestBelow): string[] {
  const file = join(directory, name);
  const read = readFirstConfig([file, `${file}${SUFFIX}`], sysroot);
  const text = read.ok && read.value !== null ? read.value.text : '';
  return text.split('\n').flatMap((line) => {
    const [, included] = /^\s*(?:include|source)\??\s+(.*?)\s*$/.exec(line) ?? [];
    if (included === undefined) return [line];
    return depth < DEEPEST_INCLUDE ? linesOf(directory, included, { sysroot, depth: depth + 1 }) : [];
  });
}

/** ssh://, socket:// and their like are elsewhere; file:// is here. */
const localRoot = (root: string): string | null =>
  /^file:\/\//.test(root) ? root.slice('file://'.length) : /^[a-z]+:\/\//.test(root) ? null : root;

/** The first root that is here, or the paths below it that are all there is to sync. */
function treesOf(
  { roots, paths }: Omit<Preferences, 'repeats'>,
  label: string,
  { home, env }: RootsRequest,
): Pick<RootsFound, 'roots' | 'sides'> {
  const locals = roots.slice(0, 2).flatMap((root) => localRoot(root) ?? []);
  const [first] = locals;
  if (first === undefined) return { roots: [], sides: 1 };
  const tree = resolve(env['PWD'] ?? home, expandHome(first, home));
  const below: Root[] = [...new Set(paths)].map((path) =>
    plainRoot(join(tree, path), `${label}: ${path}`, CAVEAT),
  );
  return { roots: below.length > 0 ? below : [plainRoot(tree, label, CAVEAT)], sides: locals.length };
}
