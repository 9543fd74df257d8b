// A daemon that replaces itself: a new version is unpacked beside the old one and started in a session of its own.

import { spawn } from 'node:child_process';
import { cpSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface Succession {
  /** Where the running version was unpacked. */
  readonly versionDirectory: string;
  /** The command line it was started with. */
  readonly words: readonly string[];
  /** Descriptors to pass on besides 0, 1 and 2. */
  readonly descriptors: readonly number[];
}

/** Returns the successor's pid; it has the same parent, cgroup and environment, and no mode. */
export function startSuccessor({ versionDirectory, words, descriptors }: Succession): number | undefined {
  const next = join(dirname(versionDirectory), nextVersion(basename(versionDirectory)));
  cpSync(versionDirectory, next, { recursive: true });
  announceVersion(dirname(versionDirectory), basename(next));
  const stdio = Array.from({ length: Math.max(2, ...descriptors) + 1 }, (_, n) =>
    n <= 2 || descriptors.includes(n) ? ('inherit' as const) : ('ignore' as const),
  );
  const child = spawn(join(next, 'dropboxd'), [...words, '--mode', 'normal'], { detached: true, stdio });
  child.unref();
  return child.pid;
}

/** `dropbox-lnx.x86_64-1.2.9` is followed by `dropbox-lnx.x86_64-1.2.10`. */
export const nextVersion = (name: string): string => name.replace(/\d+$/, (last) => String(Number(last) + 1));

/** What the launcher reads to know which version to start; replaced as one. */
export function announceVersion(distribution: string, name: string): void {
  const file = join(distribution, 'VERSION');
  writeFileSync(`${file}.new`, name.replace(/^dropbox-lnx\.x86_64-/, ''));
  renameSync(`${file}.new`, file);
}
