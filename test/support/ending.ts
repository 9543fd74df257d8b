// Runs a program to its end and tells everything about that end.
import { type SpawnOptions, spawn } from 'node:child_process';

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves once the text has been seen on standard output or error. */
  seen(text: string): Promise<void>;
  write(text: string): void;
  /** What it has said so far, on standard output and then on standard error. */
  output(): string;
}

export function start(file: string, args: readonly string[], options: SpawnOptions = {}): Running {
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  let stdout = '';
  let stderr = '';
  const watchers: (() => void)[] = [];
  const note = (): void => {
    for (const watcher of watchers) watcher();
  };
  child.stdout?.on('data', (part: Buffer) => {
    stdout += part;
    note();
  });
  child.stderr?.on('data', (part: Buffer) => {
    stderr += part;
    note();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  const seen = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stdout.includes(text) || stderr.includes(text)) resolve();
      };
      watchers.push(look);
      look();
      void ended.then(() => {
        look();
        reject(new Error(`ended without saying ${text}: ${stdout}${stderr}`));
      });
    });
  return {
    pid: child.pid ?? 0,
    ended,
    seen,
    write: (text) => child.stdin?.write(text),
    output: () => `${stdout}${stderr}`,
  };
}

export const runToEnd = (file: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> =>
  start(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options }).ended;
