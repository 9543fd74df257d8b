// The stand-in daemon in a directory of its own: bundled from today's source, installed as Dropbox is, started and asked.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { installStandIn } from '../../src/surfaces/demo/installation.ts';
import type { Report } from '../../src/surfaces/demo/stand-in/report.ts';
import { ROOT } from './binary.ts';
import { until } from './daemon-trees.ts';

const BUNDLE = join(ROOT, `node_modules/.cache/syncguard/stand-in-${process.pid}.cjs`);
let bundled: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const build = await rolldown({ input: join(ROOT, 'src/surfaces/demo/dropboxd.ts'), platform: 'node' });
  await build.write({ file: BUNDLE, format: 'cjs', codeSplitting: false });
  await build.close();
  return BUNDLE;
}

export interface StandInRoom {
  readonly path: string;
  /** Its folder; made, empty. */
  readonly tree: string;
  readonly state: string;
  /** The `dropboxd` to start. */
  readonly launcher: string;
  /** Words that name tree and state, and take no memory that a test does not ask for. */
  readonly words: readonly string[];
  remove(): void;
}

export async function standInRoom(): Promise<StandInRoom> {
  bundled ??= bundle();
  const program = await bundled;
  const path = mkdtempSync(join(tmpdir(), 'syncguard-stand-in-'));
  const [tree, state] = [join(path, 'Dropbox'), join(path, 'state')];
  mkdirSync(tree);
  const distribution = join(path, 'dropbox dist');
  const launcher = installStandIn({ distribution, program, node: process.execPath });
  return {
    path,
    tree,
    state,
    launcher,
    words: ['--root', tree, '--state', state, '--rss-base', '0', '--socket-after', '0'],
    remove() {
      for (const pid of processesOf(path)) process.kill(pid, 'SIGKILL');
      rmSync(path, { recursive: true, force: true });
    },
  };
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

/** Everything that was started with this directory in its command line or its environment, and still lives. */
export const processesOf = (path: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => textOf(`/proc/${pid}/environ`).includes(`STAND_IN_ROOM=${path}`))
    .map(Number);

export interface RunningStandIn {
  readonly child: ChildProcess;
  /** What it has reported so far. */
  readonly reports: readonly Report[];
  readonly output: () => string;
  /** Resolves with the first report of which this holds. */
  reported(what: string, holds: (report: Report) => boolean): Promise<Report>;
  readonly ended: Promise<{ readonly status: number | null; readonly signal: string | null }>;
}

export function startStandIn(room: StandInRoom, ...words: string[]): RunningStandIn {
  const child = spawn(room.launcher, [...room.words, '--report-fd', '3', ...words], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, STAND_IN_ROOM: room.path },
  });
  const reports: Report[] = [];
  let [output, rest] = ['', ''];
  child.stdout?.on('data', (part: Buffer) => {
    output += part;
  });
  child.stderr?.on('data', (part: Buffer) => {
    output += part;
  });
  child.stdio[3]?.on('data', (part: Buffer) => {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    reports.push(...lines.map((line): Report => JSON.parse(line)));
  });
  const ended = new Promise<{ status: number | null; signal: string | null }>((resolve) =>
    child.once('exit', (status, signal) => resolve({ status, signal })),
  );
  const reported = async (what: string, holds: (report: Report) => boolean): Promise<Report> => {
    let found: Report | undefined;
    await until(what, () => {
      found = reports.find(holds);
      return found !== undefined;
    });
    return found!;
  };
  return { child, reports, output: () => output, reported, ended };
}

export const upToDate = (running: RunningStandIn): Promise<Report> =>
  running.reported('it is up to date', ({ status }) => status === 'Up to date');

/** One command on its socket, as its command line client asks; the answer's lines. */
export async function askStandIn(state: string, ...lines: string[]): Promise<string[]> {
  // It may be up to date before it listens.
  for (let look = 0; look < 200 && !existsSync(join(state, 'command_socket')); look += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(join(state, 'command_socket'), () => {
      socket.write(`${lines.join('\n')}\ndone\n`);
    });
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (part: string) => {
      text += part;
      if (!text.endsWith('\ndone\n')) return;
      socket.destroy();
      resolve(text.split('\n').slice(0, -2));
    });
  });
}

/** Watches of one process as its kernel counts them. */
export const watchesOf = (pid: number): number =>
  readdirSync(`/proc/${pid}/fdinfo`)
    .map((fd) => textOf(`/proc/${pid}/fdinfo/${fd}`).match(/^inotify wd:/gm)?.length ?? 0)
    .reduce((sum, count) => sum + count, 0);
