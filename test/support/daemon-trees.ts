// Trees and rules nobody chose, a walk that obeys rules, and what a running daemon watches.

import type { ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll } from 'vitest';
import type { Exclusions } from '../../src/domain/exclusions.ts';
import { findProfile, type Root, readRoots } from '../../src/profiles/index.ts';

const SEED = 20120514;
export const sample = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] =>
  fc.sample(arbitrary, { numRuns: count, seed: SEED });

export interface Node {
  readonly files: readonly string[];
  readonly directories: Readonly<Record<string, Node>>;
}

export const nameOf: fc.Arbitrary<string> = fc.constantFrom(
  'a',
  'b',
  'ab',
  'A',
  'foo',
  'a.t',
  'b.t',
  '.x',
  '\u00e9',
  'a b',
  'Ab',
  '[x]',
  '{y}',
  'a\\b',
  '#c',
  '!g',
  ' d',
  'e ',
  '\u00e9 ',
  '\u65e5\u672c',
  'A\u03a3',
  '\u0130',
);
const nodeOf = (depth: number): fc.Arbitrary<Node> =>
  fc.record({
    files: fc.uniqueArray(
      nameOf.map((name) => `${name}f`),
      { maxLength: 3 },
    ),
    directories: depth === 0 ? fc.constant({}) : fc.dictionary(nameOf, nodeOf(depth - 1), { maxKeys: 4 }),
  });
/** Up to 4 directories deep, about 30 directories and 45 files; a file's name ends in f, a directory's does not. */
export const treeOf: fc.Arbitrary<Node> = nodeOf(4);

/** Where a test file's trees lie and which daemons it started: ended and removed after its tests. */
export function daemonStage(): { readonly place: string; readonly children: ChildProcess[] } {
  const place = mkdtempSync(join(tmpdir(), 'syncguard-ignores-'));
  const children: ChildProcess[] = [];
  afterAll(async () => {
    await Promise.all(children.map(endChild));
    rmSync(place, { recursive: true, force: true });
  });
  return { place, children };
}

export function plant(path: string, node: Node): void {
  mkdirSync(path, { recursive: true });
  for (const name of node.files) writeFileSync(join(path, name), '');
  for (const [name, below] of Object.entries(node.directories)) plant(join(path, name), below);
}

export interface Seen {
  readonly directories: string[];
  readonly files: string[];
}

/** What a walk that obeys the rules enters and counts; paths as text, sorted. */
export function walk(root: string, rules: Exclusions): Seen {
  const seen: Seen = { directories: [], files: [] };
  const visit = (relative: string): void => {
    const at = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(relative, 'latin1')]);
    for (const entry of readdirSync(at, { withFileTypes: true, encoding: 'buffer' })) {
      const name = entry.name.toString('latin1');
      const path = relative === '' ? name : `${relative}/${name}`;
      const text = Buffer.from(path, 'latin1').toString('utf8');
      if (entry.isDirectory()) {
        if (rules.prunesDirectory(path, name)) continue;
        seen.directories.push(text);
        visit(path);
      } else if (!rules.skipsLeaf?.(path, name)) seen.files.push(text);
    }
  };
  visit('');
  return { directories: seen.directories.sort(), files: seen.files.sort() };
}

/** `+ path`: counted though the daemon leaves it out; `- path`: left out though the daemon has it. */
export const differencesOf = (counted: readonly string[], actual: readonly string[]): string[] => [
  ...counted.filter((path) => !actual.includes(path)).map((path) => `+ ${path}`),
  ...actual.filter((path) => !counted.includes(path)).map((path) => `- ${path}`),
];

export function rootsOf(id: string, request: { home: string; argv: string[] }): readonly Root[] {
  const profile = findProfile(id, {});
  if (!profile.ok) throw new Error(id);
  const found = readRoots(profile.value, { env: {}, ...request });
  if (!found.ok) throw new Error(found.error.reason);
  return found.value.roots;
}

/** What stands in /proc about each inotify instance of a process; one that closes meanwhile is none. */
export const inotifyTexts = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      if (readlinkSync(`/proc/${pid}/fd/${fd}`) !== 'anon_inode:inotify') return [];
      return [readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')];
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  });

/** Inodes of the directories a process watches. */
export const watchedInodes = (pid: number): Set<number> =>
  new Set(
    [
      ...inotifyTexts(pid)
        .join('')
        .matchAll(/ ino:([0-9a-f]+)/g),
    ].map(([, inode = '']) => Number.parseInt(inode, 16)),
  );

const pauseMs = (durationMs: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, durationMs));

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (await holds()) return;
    await pauseMs(50);
  }
  throw new Error(`never: ${what}`);
}

/** Once their number has been the same, and not nothing, five times in a row. */
export async function settledWatches(child: ChildProcess): Promise<Set<number>> {
  let [watched, steady] = [new Set<number>(), 0];
  await until('its watches settle', async () => {
    await pauseMs(100);
    const now = watchedInodes(child.pid ?? 0);
    steady = now.size > 0 && now.size === watched.size ? steady + 1 : 0;
    watched = now;
    return steady >= 5;
  });
  return watched;
}

export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
