// A companion built from today's source, with a test in the sentinel's place.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { build } from 'rolldown';
import { type CompanionRequest, renderCompanionRequest } from '../../src/formats/companion-request.ts';
import type { ControlReply } from '../../src/formats/control-message.ts';
import { type GuardManifest, renderGuardManifest } from '../../src/formats/guard-manifest.ts';
import { type GuardRecord, RECORD_BYTES, writeRecord } from '../../src/formats/guard-record.ts';

const PROJECT = join(import.meta.dirname, '../..');

export interface Stage {
  readonly program: string;
  readonly runtimeDirectory: string;
  start(request?: Partial<CompanionRequest>, environment?: NodeJS.ProcessEnv): CompanionRun;
  remove(): Promise<void>;
}

export interface CompanionRun {
  readonly child: ChildProcess;
  send(...records: readonly GuardRecord[]): void;
  /** Orders so far, one a line. */
  orders(): readonly string[];
  log(): string;
  /** One line to the control socket, its reply. */
  ask(line: string): Promise<ControlReply>;
  /** As the sentinel's end: closes the pipe and waits. */
  letGo(): Promise<number | null>;
}

export async function companionStage(manifest: GuardManifest): Promise<Stage> {
  const place = mkdtempSync(join(tmpdir(), 'syncguard-companion-'));
  const program = join(place, 'companion.cjs');
  await build({
    input: { companion: join(PROJECT, 'src/companion/main.ts') },
    platform: 'node',
    external: ['koffi'],
    // In chunks, as it is shipped: what only a hook needs is not loaded before one runs.
    output: { dir: place, format: 'cjs', entryFileNames: '[name].cjs' },
    logLevel: 'silent',
  });
  writeFileSync(join(place, 'guard.json'), renderGuardManifest(manifest));
  const runs: CompanionRun[] = [];
  return {
    program,
    runtimeDirectory: place,
    start(request = {}, environment = {}) {
      const run = startCompanion(program, {
        request: {
          runtimeDirectory: place,
          daemon: 'dropbox',
          profile: 'dropbox',
          rooms: [],
          verbosity: 'normal',
          source: { config: null, flags: {} },
          alerts: join(place, 'alerts'),
          ...request,
        },
        environment: {
          ...process.env,
          JOURNAL_STREAM: undefined,
          XDG_STATE_HOME: join(place, 'state'),
          CONFIGURATION_DIRECTORY: join(place, 'config'),
          ...environment,
        },
      });
      runs.push(run);
      return run;
    },
    async remove() {
      await Promise.all(runs.map((run) => run.letGo()));
      rmSync(place, { recursive: true });
    },
  };
}

function startCompanion(
  program: string,
  { request, environment }: { request: CompanionRequest; environment: NodeJS.ProcessEnv },
): CompanionRun {
  const child = spawn(process.execPath, [program, renderCompanionRequest(request)], {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    env: environment,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const frames = child.stdin as Writable;
  frames.on('error', () => {});
  let [orders, log] = ['', ''];
  (child.stdio[3] as Readable).on('data', (part: Buffer) => {
    orders += part;
  });
  child.stderr?.on('data', (part: Buffer) => {
    log += part;
  });
  return {
    child,
    send(...records) {
      for (const record of records) frames.write(frameOf(record));
    },
    orders: () => orders.split('\n').slice(0, -1),
    log: () => log,
    ask: (line) => askControl(join(request.runtimeDirectory, 'control'), line),
    async letGo() {
      frames.end();
      return await ended;
    },
  };
}

function frameOf(record: GuardRecord): Buffer {
  const frame = Buffer.alloc(1 + RECORD_BYTES, 'R');
  writeRecord(new DataView(frame.buffer, frame.byteOffset + 1, RECORD_BYTES), 0, record);
  return frame;
}

/** Retries until there is a socket: the companion makes it some 100 ms after its start. */
async function askControl(path: string, line: string): Promise<ControlReply> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await converse(path, line);
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function converse(path: string, line: string): Promise<ControlReply> {
  return new Promise((resolve, reject) => {
    let heard = '';
    const socket = connect(path, () => socket.write(`${line}\n`));
    socket.on('error', reject);
    socket.on('data', (piece: Buffer) => {
      heard += piece;
      if (!heard.endsWith('\n')) return;
      socket.destroy();
      resolve(JSON.parse(heard) as ControlReply);
    });
  });
}
