// When the configuration may have changed: the door of chokidar, on the configuration's own directories alone.
// Knows: directories and files, and that an editor touches a file four times to save it once. May not know: what is in them.
//
// chokidar needs inotify watches, which a sync daemon may have used up, and sees no directory that is made later. So the
// files are also looked at now and then: a look is one stat each.

import { statSync } from 'node:fs';
import type { FSWatcher } from 'chokidar';
import { renderDuration } from '../formats/quantity-text.ts';
import type { Level } from './journal.ts';

export interface ConfigurationWatchRequest {
  /** Directories of ours, or one file. */
  readonly paths: readonly string[];
  /** Every file that is read, there or not. */
  files(): readonly string[];
  onChange(): void;
  /** How often files are looked at besides, ms. */
  readonly lookMs: number;
  say(level: Level, text: string): void;
}

/** Editors write, rename and change the mode within some ms; a package manager unpacks several files. */
const SETTLE_MS = 200;

/** As long as this process lives. Its watches stand some ms after this has resolved; until then only looks see a change. */
export async function watchConfiguration(request: ConfigurationWatchRequest): Promise<void> {
  const { paths, files, onChange, lookMs } = request;
  let seen = printOf(files());
  let settling: NodeJS.Timeout | null = null;
  const look = (): void => {
    const print = printOf(files());
    if (print === seen) return;
    seen = print;
    onChange();
  };
  const stir = (): void => {
    if (settling !== null) clearTimeout(settling);
    settling = setTimeout(look, SETTLE_MS);
  };
  setInterval(look, lookMs).unref();
  const { watch } = await import('chokidar');
  // Not following links is what shows that `..data` of a Kubernetes ConfigMap points elsewhere.
  const watcher = watch([...paths], { depth: 0, followSymlinks: false, ignoreInitial: true });
  watcher.on('all', stir);
  watcher.on('error', (error) => giveUp(watcher, error, request));
}

/** ENOSPC comes once for every path: the first is enough. */
function giveUp(watcher: FSWatcher, error: unknown, { lookMs, say }: ConfigurationWatchRequest): void {
  if (watcher.closed) return;
  void watcher.close();
  const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  say(
    'warn',
    `changes of the configuration are noticed within ${renderDuration(lookMs)}, not at once (${why})`,
  );
}

/** Changes whenever a file is written, replaced, removed, made, or another directory is linked in its place. */
const printOf = (files: readonly string[]): string => files.map(statsOf).join('\n');

function statsOf(file: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [file, dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return `${file} ${error instanceof Error && 'code' in error ? error.code : error}`;
  }
}
