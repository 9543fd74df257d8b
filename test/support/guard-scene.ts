// A guard as the command line finds it: a living process, its manifest, its ring, and who answers on its socket.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ControlSocket, openControlSocket } from '../../src/companion/control-socket.ts';
import type { ControlReply, ControlRequest } from '../../src/formats/control-message.ts';
import { type GuardManifest, renderGuardManifest } from '../../src/formats/guard-manifest.ts';
import { type GuardRecord, RECORD_BYTES, writeRecord } from '../../src/formats/guard-record.ts';
import { readProcessPlace } from '../../src/kernel/process-place.ts';
import { runProgram } from '../../src/surfaces/cli/program.ts';
import { MANIFEST } from './guard-records.ts';

export interface Heard {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GuardScene {
  readonly runtimeDirectory: string;
  /** The command line as this user would type it here. */
  type(...words: readonly string[]): Promise<Heard>;
  /** A guard; its process is a `sleep` of ours. */
  addGuard(change?: Partial<GuardManifest>, records?: readonly GuardRecord[]): SceneGuard;
  remove(): Promise<void>;
}

export interface SceneGuard {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Ends its process and leaves its directory, as SIGKILL would. */
  kill(): Promise<void>;
  /** Answers from now on. */
  answer(reply: (request: ControlRequest) => ControlReply | null): Promise<void>;
}

export function guardScene(): GuardScene {
  const runtimeDirectory = mkdtempSync(join(tmpdir(), 'syncguard-scene-'));
  const guards: SceneGuard[] = [];
  const sockets: ControlSocket[] = [];
  return {
    runtimeDirectory,
    type: (...words) => typeHere(words, runtimeDirectory),
    addGuard(change = {}, records = []) {
      const guard = plantGuard(runtimeDirectory, { change, records }, sockets);
      guards.push(guard);
      return guard;
    },
    async remove() {
      for (const socket of sockets) socket.close();
      await Promise.all(guards.map((guard) => guard.kill()));
      rmSync(runtimeDirectory, { recursive: true });
    },
  };
}

async function typeHere(words: readonly string[], runtimeDirectory: string): Promise<Heard> {
  let [stdout, stderr] = ['', ''];
  const status = await runProgram(words, {
    print: (text) => {
      stdout += text;
    },
    complain: (text) => {
      stderr += text;
    },
    environment: { RUNTIME_DIRECTORY: runtimeDirectory, CONFIGURATION_DIRECTORY: runtimeDirectory },
    home: '/nonexistent',
    isOutputTerminal: false,
    isErrorTerminal: false,
    columns: 100,
  });
  return { status, stdout, stderr };
}

function plantGuard(
  runtimeDirectory: string,
  { change, records }: { change: Partial<GuardManifest>; records: readonly GuardRecord[] },
  sockets: ControlSocket[],
): SceneGuard {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const pid = child.pid ?? 0;
  const directory = join(runtimeDirectory, String(pid));
  mkdirSync(directory);
  const startTicks = readProcessPlace(pid)?.startTicks ?? 0;
  const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  writeFileSync(
    join(directory, 'guard.json'),
    renderGuardManifest({ ...MANIFEST, pid, startTicks, bootId, ...change }),
  );
  const ring = Buffer.alloc(512 * RECORD_BYTES);
  records.forEach((record, index) => {
    writeRecord(new DataView(ring.buffer, ring.byteOffset), index * RECORD_BYTES, record);
  });
  writeFileSync(join(directory, 'ring'), ring);
  return {
    pid,
    child,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async answer(reply) {
      const opened = await openControlSocket({
        path: join(directory, 'control'),
        // null: it never answers.
        answer: (request) => Promise.resolve(reply(request) ?? new Promise<ControlReply>(() => {})),
      });
      if (!opened.ok) throw new Error(opened.error);
      sockets.push(opened.value);
    },
  };
}
