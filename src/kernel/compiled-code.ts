// Code as V8 compiled it, kept between starts in one file a command. Knows: whose file it must be, and that it is whole.
// May not know: what the code does. V8 itself refuses data of another version or other flags, but checks no byte of it.

import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectoryPath } from './directory-path.ts';

export interface CompiledPart {
  readonly file: string;
  /** Of the source it was compiled from, as `identityOf` tells it. */
  readonly identity: string;
  readonly data: Uint8Array;
}

/** A file written again has another ctime, which nobody can set; V8 would compare the length alone. */
export function identityOf(file: string): string {
  const { ino, ctimeMs, size } = statSync(file);
  return `${ino}:${ctimeMs}:${size}`;
}

/** Group and others may not write what we are about to run. */
const WRITABLE_BY_OTHERS = 0o022;

/** [] where nothing was kept, or what was kept is cut short, of another Node, or somebody else's. */
export function readCompiledParts(path: string): CompiledPart[] {
  try {
    const bytes = readOwn(path);
    const headEnd = bytes.indexOf('\n');
    const head = JSON.parse(bytes.toString('utf8', 0, headEnd)) as Head;
    let end = headEnd + 1;
    const parts = head.parts.map(({ file, identity, length }) => {
      end += length;
      return { file, identity, data: bytes.subarray(end - length, end) };
    });
    return head.node === process.version && end === bytes.length ? parts : [];
  } catch {
    return [];
  }
}

interface Head {
  readonly node: string;
  readonly parts: readonly { readonly file: string; readonly identity: string; readonly length: number }[];
}

function readOwn(path: string): Buffer {
  const descriptor = openSync(path, 'r');
  try {
    const { uid, mode, size } = fstatSync(descriptor);
    const isOurs = uid === process.geteuid?.() && (mode & WRITABLE_BY_OTHERS) === 0;
    const bytes = Buffer.allocUnsafeSlow(isOurs ? size : 0);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** Best effort: where it cannot be kept, the next start compiles again. */
export function writeCompiledParts(path: string, compile: () => readonly CompiledPart[]): void {
  const temporary = `${path}.${process.pid}`;
  try {
    makeDirectoryPath(dirname(path));
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeParts(descriptor, compile());
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch {
    // Read-only, full or not ours.
  }
}

function writeParts(descriptor: number, parts: readonly CompiledPart[]): void {
  const heads = parts.map(({ file, identity, data }) => ({ file, identity, length: data.length }));
  const head: Head = { node: process.version, parts: heads };
  const whole = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...parts.map(({ data }) => data)]);
  for (let at = 0; at < whole.length; ) at += writeSync(descriptor, whole, at);
}
