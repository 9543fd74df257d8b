// Makes small trees with names given as bytes (latin1 text), and knows what a census of each must say.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory is an object; a leaf is its kind. Names are bytes as latin1. */
export interface TreeSpec {
  readonly [name: string]: TreeSpec | 'file' | 'symlink' | 'fifo';
}

export interface TreeTruth {
  files: number;
  /** The root included. */
  directories: number;
  symlinks: number;
  other: number;
  nameBytes: number;
}

export const bytesOfLatin1 = (path: string): Buffer => Buffer.from(path, 'latin1');

/** UTF-8 text as the bytes a census speaks. */
export const latin1Of = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export function temporaryDirectory(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'syncguard-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Makes the tree below an existing directory and returns what is in it. */
export function plantTree(root: string, spec: TreeSpec): TreeTruth {
  const truth: TreeTruth = { files: 0, directories: 1, symlinks: 0, other: 0, nameBytes: 0 };
  plantBelow(root, spec, truth);
  return truth;
}

function plantBelow(directory: string, spec: TreeSpec, truth: TreeTruth): void {
  for (const [name, kind] of Object.entries(spec)) {
    truth.nameBytes += name.length;
    plantEntry(`${directory}/${name}`, kind, truth);
  }
}

function plantEntry(path: string, kind: TreeSpec[string], truth: TreeTruth): void {
  const target = bytesOfLatin1(path);
  if (typeof kind === 'object') {
    mkdirSync(target);
    truth.directories++;
    plantBelow(path, kind, truth);
  } else if (kind === 'file') {
    writeFileSync(target, '');
    truth.files++;
  } else if (kind === 'symlink') {
    symlinkSync('target', target);
    truth.symlinks++;
  } else {
    execFileSync('mkfifo', [path]);
    truth.other++;
  }
}

/** A directory of `directories` branches with `files` files each, names numbered: the same on every run. */
export function evenTree(directories: number, files: number): TreeSpec {
  const branch: TreeSpec = Object.fromEntries(
    Array.from({ length: files }, (_, n) => [`file-${n}`, 'file' as const]),
  );
  return Object.fromEntries(Array.from({ length: directories }, (_, n) => [`branch-${n}`, branch]));
}
