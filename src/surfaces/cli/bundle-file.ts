// The door of tar-stream: a recorded machine as one file, which unpacks to what --sysroot takes.

import { createWriteStream, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { SyncguardError } from '../../domain/error.ts';
import { errnoOf } from '../../kernel/errno.ts';

/** By its path from the bundle's root, without a slash in front; bytes as latin1. */
export type BundleEntry =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  /** There, and not to be read: a link to itself. */
  | { readonly kind: 'denied'; readonly path: string };

/** A file that is there is never written over, and half of one is not left. */
export async function writeBundle(file: string, entries: readonly BundleEntry[]): Promise<void> {
  const tar = pack();
  for (const entry of entries) {
    const name = entry.path;
    if (entry.kind === 'directory') tar.entry({ name, type: 'directory', mode: 0o755 });
    else if (entry.kind === 'link') tar.entry({ name, type: 'symlink', linkname: entry.target });
    else if (entry.kind === 'denied') tar.entry({ name, type: 'symlink', linkname: basename(name) });
    else tar.entry({ name, mode: 0o644 }, Buffer.from(entry.text, 'latin1'));
  }
  tar.finalize();
  let isOurs = false;
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  target.once('open', () => {
    isOurs = true;
  });
  try {
    await pipeline(tar, target);
  } catch (error) {
    if (isOurs) rmSync(file, { force: true });
    throw troubleOf(file, error);
  }
}

function troubleOf(file: string, error: unknown): SyncguardError {
  const errno = errnoOf(error);
  return errno === 'EEXIST'
    ? new SyncguardError('io', `${file} is there already, and is not written over.`, `ls -l ${file}`, error)
    : new SyncguardError('io', `${file} cannot be written (${errno}).`, 'choose another place', error);
}
