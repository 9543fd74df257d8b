// A daemon that somebody else has started, with a child, and a grandchild in a session of its own; each writes to a file of its own.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endOf, hasEnded } from './guarded-run.ts';
import { until } from './scripted-daemon.ts';

const NAMES = ['main', 'child', 'apart'] as const;
/** Perl, because no beat then forks: whoever lives for a hundredth of a second is unknown to everybody but the tick. */
const SCRIPT = `
use POSIX;
sub beat { my ($name) = @_; while (1) { open(my $file, '>>', $name); print $file "$$\\n"; close $file; select(undef, undef, undef, 0.05); } }
if (fork == 0) {
  if (fork == 0) { POSIX::setsid(); beat('apart'); }
  beat('child');
}
beat('main');
`;

export interface ForeignDaemon {
  readonly pid: number;
  /** Of the main process, its child and the one apart. */
  pids(): readonly number[];
  /** Each has written something since. */
  moves(): Promise<void>;
  /** Their cgroups as the kernel tells them. */
  cgroups(): readonly string[];
  remove(): Promise<void>;
}

/** `before`: words in front of it, as in `setpriv ...`. */
export async function startForeign(before: readonly string[] = []): Promise<ForeignDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-foreign-'));
  chmodSync(directory, 0o777);
  const [file = 'perl', ...words] = [...before, 'perl', '-e', SCRIPT];
  const child = spawn(file, words, { cwd: directory, stdio: 'ignore', detached: true });
  const pathOf = (name: string): string => join(directory, name);
  const pids = (): number[] => NAMES.map((name) => Number.parseInt(readFileSync(pathOf(name), 'utf8'), 10));
  const sizes = (): number[] => NAMES.map((name) => statSync(pathOf(name)).size);
  await until(() => NAMES.every((name) => existsSync(pathOf(name)) && statSync(pathOf(name)).size > 0));
  return {
    pid: child.pid ?? 0,
    pids,
    async moves() {
      const before = sizes();
      await until(() => sizes().every((size, index) => size > (before[index] ?? 0)));
    },
    cgroups: () => pids().map((pid) => readFileSync(`/proc/${pid}/cgroup`, 'utf8')),
    async remove() {
      const all = pids();
      for (const pid of all) endOf(pid);
      await until(() => all.every(hasEnded));
      rmSync(directory, { recursive: true });
    },
  };
}
