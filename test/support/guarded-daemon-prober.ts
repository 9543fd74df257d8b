// Another program of the container, forking and opening files throughout, and how long that took it.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As in guarded-daemon-prober.c. */
const FILES = 500;

/** Microseconds; null: no call of that kind returned. */
export interface Latency {
  readonly medianMicroseconds: number | null;
  readonly maxMicroseconds: number | null;
  readonly failures: number;
}

export interface Probing {
  readonly rounds: number;
  readonly fork: Latency;
  readonly open: Latency;
  /** The longest time in which it said nothing, ms: also what it waited for memory outside the two calls. */
  readonly longestSilenceMs: number;
  /** The signal that ended it before it was told to; null: none. */
  readonly killedBy: string | null;
}

export interface Prober {
  end(): Promise<Probing>;
}

/** Files for the prober to open, outside the tree that is synchronised. */
export function plantProbes(directory: string): void {
  mkdirSync(directory);
  for (let number = 0; number < FILES; number += 1) writeFileSync(join(directory, String(number)), 'x');
}

/** `enter`: words that lead into the container. */
export function startProber(enter: readonly string[], program: string, directory: string): Prober {
  const [shell = '', ...words] = [...enter, program, directory];
  const child = spawn(shell, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<string | null>((resolve) => {
    child.once('close', (_, signal) => resolve(signal));
  });
  let text = '';
  let lastAtMs = performance.now();
  let longestSilenceMs = 0;
  child.stdout.on('data', (part: Buffer) => {
    text += part;
    longestSilenceMs = Math.max(longestSilenceMs, performance.now() - lastAtMs);
    lastAtMs = performance.now();
  });
  return {
    async end() {
      const isAlive = child.exitCode === null && child.signalCode === null;
      longestSilenceMs = Math.max(longestSilenceMs, isAlive ? performance.now() - lastAtMs : 0);
      if (isAlive) child.kill('SIGKILL');
      const signal = await ended;
      const rounds = text.split('\n').slice(0, -1);
      return {
        rounds: rounds.length,
        fork: latencyOf(rounds, 0),
        open: latencyOf(rounds, 1),
        longestSilenceMs: Math.round(longestSilenceMs),
        killedBy: isAlive ? null : signal,
      };
    },
  };
}

function latencyOf(rounds: readonly string[], column: number): Latency {
  const all = rounds.map((round) => Number(round.split(' ')[column]));
  const taken = all.filter((value) => value >= 0).sort((a, b) => a - b);
  return {
    medianMicroseconds: taken[taken.length >> 1] ?? null,
    maxMicroseconds: taken.at(-1) ?? null,
    failures: all.length - taken.length,
  };
}
