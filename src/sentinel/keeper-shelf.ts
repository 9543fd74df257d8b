// A copy of the keeper's shell and its libraries in memory that reclaim cannot take.
// Knows: which files a shell runs from, and which file system keeps its pages. May not know: what the shell does.
//
// In a fresh container the pages of its programs are charged to it, and an exhausted one has dropped them: a keeper that
// needs one again waits for ever. From a copy made inside the container: on disk 0 of 4 acted, on a tmpfs 12 of 12.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Where a tmpfs usually is on which programs may be executed; a directory that is none is passed over. */
export const KEEPER_SHELVES: readonly string[] = ['/dev/shm', '/run'];

/** TMPFS_MAGIC, statfs(2). */
const TMPFS_MAGIC = 0x01021994;
/** A mapping that is executed, and its file (proc(5), /proc/PID/maps). */
const EXECUTED = /^\S+ r-xp \S+ \S+ \d+ +(\/.*)$/gm;
const PRINT_MAPS = 'while read -r line; do echo "$line"; done </proc/$$/maps';

export interface ShelvedShell {
  /** What to spawn, and the words before the shell's own. */
  readonly file: string;
  readonly words: readonly string[];
  /** Takes the names away; the pages stay while they are executed. */
  unlink(): void;
}

/** null: no tmpfs among `shelves`, no room on it, or a shell whose files are not to be told. */
export function shelveShell(file: string, shelves: readonly string[]): ShelvedShell | null {
  const files = filesOf(file);
  const [shell] = files;
  if (shell === undefined) return null;
  for (const shelf of shelves) {
    const directory = copyTo(shelf, files);
    if (directory === null) continue;
    const copyOf = (path: string): string => join(directory, sonameOf(path));
    const linker = files.find((path) => /^ld[-.]/.test(basename(path)));
    const unlink = (): void => removeShelf(directory);
    return linker === undefined
      ? { file: copyOf(shell), words: [], unlink }
      : { file: copyOf(linker), words: ['--library-path', directory, copyOf(shell)], unlink };
  }
  return null;
}

/** The shell first, as the kernel maps it below its libraries. */
function filesOf(shell: string): string[] {
  const { stdout } = spawnSync(shell, ['-c', PRINT_MAPS], { encoding: 'utf8', env: { LC_ALL: 'C' } });
  return [...new Set([...(stdout ?? '').matchAll(EXECUTED)].map(([, path = '']) => path))];
}

/** A library's file may say its minor version, which nobody asks for: libtinfo.so.6.4 is sought as libtinfo.so.6. */
const sonameOf = (path: string): string => basename(path).replace(/(\.so\.\d+)[.\d]*$/, '$1');

function copyTo(shelf: string, files: readonly string[]): string | null {
  let directory: string | null = null;
  try {
    if (statfsSync(shelf).type !== TMPFS_MAGIC) return null;
    directory = mkdtempSync(join(shelf, 'syncguard-keeper-'));
    for (const file of files) {
      const copy = join(directory, sonameOf(file));
      copyFileSync(file, copy);
      chmodSync(copy, 0o700);
    }
    return directory;
  } catch {
    // ENOSPC, EACCES: the next shelf, or none.
    if (directory !== null) removeShelf(directory);
    return null;
  }
}

function removeShelf(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // It is in a tmpfs: the next boot removes it.
  }
}
