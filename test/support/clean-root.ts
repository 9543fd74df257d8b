// A clean Debian 13 to install into, of which every test has a copy of its own that costs nothing: an overlay.

import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProgram, isMet } from './need.ts';

/** Kept from run to run. */
const KEPT = '/var/tmp/syncguard-clean-root';

export interface CleanRoot {
  readonly path: string;
  run(...command: readonly string[]): SpawnSyncReturns<string>;
  /** Without waiting for its end. */
  start(...command: readonly string[]): ChildProcess;
  close(): void;
}

export const canHaveCleanRoot = (): boolean =>
  isMet(process.getuid?.() === 0 && hasProgram('debootstrap'), 'no debootstrap as root: no clean Debian');

const ENVIRONMENT = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/root',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
};

const must = (command: string, ...args: readonly string[]): void => {
  const ended = spawnSync(command, args, { encoding: 'utf8' });
  if (ended.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${ended.stderr}`);
};

/** The root itself, made where it is not there yet: to read only. */
export function keptCleanRoot(): string {
  must(join(import.meta.dirname, 'clean-root.sh'), KEPT);
  return join(KEPT, 'root');
}

/** `files` are laid into its /. */
export function openCleanRoot(files: readonly string[]): CleanRoot {
  const lower = keptCleanRoot();
  const place = mkdtempSync(join(tmpdir(), 'syncguard-root-'));
  must('mount', '-t', 'tmpfs', '-o', 'size=256M', 'syncguard-root', place);
  const [path, upper, work] = ['root', 'upper', 'work'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ];
  for (const each of [path, upper, work]) mkdirSync(each);
  must(
    'mount',
    '-t',
    'overlay',
    '-o',
    `lowerdir=${lower},upperdir=${upper},workdir=${work}`,
    'syncguard-root',
    path,
  );
  must('mount', '-t', 'proc', 'proc', join(path, 'proc'));
  for (const file of files) copyFileSync(file, join(path, file.replace(/^.*\//, '')));
  return {
    path,
    run: (...command) =>
      spawnSync('chroot', [path, ...command], { encoding: 'utf8', env: ENVIRONMENT, cwd: '/' }),
    start: (...command) =>
      spawn('chroot', [path, ...command], { stdio: 'ignore', env: ENVIRONMENT, cwd: '/' }),
    close() {
      for (const mounted of [join(path, 'proc'), path, place]) must('umount', '-l', mounted);
      rmdirSync(place);
    },
  };
}
