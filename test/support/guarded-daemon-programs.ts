// The C programs of the guarded scenes: a walker that stands for a daemon, and a prober that stands for everybody else.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Programs extends Disposable {
  readonly walker: string;
  readonly prober: string;
}

/** Paths are from the project's root, where tests and benches are started. */
export function compilePrograms(): Programs {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-programs-'));
  const compile = (name: string): string => {
    const program = join(directory, name);
    const source = `test/support/guarded-daemon-${name}.c`;
    execFileSync('cc', ['-O2', '-Wall', '-o', program, source], { stdio: 'inherit' });
    return program;
  };
  return {
    walker: compile('walker'),
    prober: compile('prober'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

export interface Walk {
  readonly entries: number;
  /** Calls that failed, and of these the ones for want of memory. */
  readonly refused: number;
  readonly enomem: number;
  readonly unlisted: number;
  readonly elapsedMs: number;
}

/** What a walker printed; null: it did not get that far. */
export function parseWalk(text: string): Walk | null {
  const line = /^entries=(\d+) refused=(\d+) enomem=(\d+) unlisted=(\d+) elapsedMs=(\d+)$/m.exec(text);
  if (line === null) return null;
  const [entries = 0, refused = 0, enomem = 0, unlisted = 0, elapsedMs = 0] = line.slice(1).map(Number);
  return { entries, refused, enomem, unlisted, elapsedMs };
}
