// The two pipes to the companion: records out, which never wait for it, and orders in.
// Knows: how to start it and to notice its end. May not know: what it does with a record.

import type { ChildProcess } from 'node:child_process';
import { writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { writeCgroupFile } from '../actuators/cgroup-file.ts';
import { startProgram } from '../actuators/program.ts';
import { type CompanionRequest, renderCompanionRequest } from '../formats/companion-request.ts';
import { type GuardOrder, parseGuardOrder } from '../formats/control-message.ts';
import { markRecordFrame, RECORD_FRAME_BYTES, renderTextFrame } from '../formats/guard-notice.ts';
import { type GuardRecord, writeRecord } from '../formats/guard-record.ts';

export interface CompanionLink {
  /** Started, and not known to have ended. */
  isAlive(): boolean;
  /** false: nobody took it; the record is lost to the companion and still in the ring. */
  send(record: GuardRecord): boolean;
  /** Free text beside the records; only while calm, since it builds a string. */
  tell(value: unknown): void;
  /** Starts one that has ended; only while calm. */
  revive(): void;
  /** Resolves when it has gone, which nobody has to wait for. */
  end(): Promise<void>;
}

export interface CompanionCall {
  readonly program: string;
  readonly request: CompanionRequest;
  readonly environment: Readonly<Record<string, string>>;
  readonly onOrder: (order: GuardOrder) => void;
}

/** 4 threads instead of 7, and a heap that cannot run away. */
export const COMPANION_FLAGS: readonly string[] = [
  '--v8-pool-size=0',
  '--max-semi-space-size=1',
  '--max-old-space-size=32',
];
/** Killed before the guard and after the daemon where memory ends. */
const OOM_SCORE_ADJ = '800';
/** After a full pipe that many records are not even tried: an error object each would be garbage on the tick. */
const SILENCE_RECORDS = 20;

export function openCompanionLink(call: CompanionCall): CompanionLink {
  const bytes = Buffer.alloc(RECORD_FRAME_BYTES);
  markRecordFrame(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let child: ChildProcess | null = null;
  let descriptor = -1;
  let skips = 0;
  const start = (): void => {
    child = startCompanion(call);
    if (child === null) return;
    descriptor = descriptorOf(child);
    child.once('exit', () => {
      descriptor = -1;
    });
  };
  start();
  return {
    isAlive: () => descriptor >= 0,
    send(record) {
      if (descriptor < 0) return false;
      if (skips > 0) {
        skips -= 1;
        return false;
      }
      writeRecord(view, 1, record);
      try {
        // The pipe is not blocking, and a frame is far below PIPE_BUF: whole or not at all.
        writeSync(descriptor, bytes, 0, RECORD_FRAME_BYTES);
        return true;
      } catch {
        skips = SILENCE_RECORDS;
        return false;
      }
    },
    tell(value) {
      const frame = renderTextFrame(value);
      if (descriptor < 0) return;
      try {
        writeSync(descriptor, frame);
      } catch {
        // A full pipe: the text is also in the manifest or on standard error.
      }
    },
    revive() {
      if (descriptor < 0) start();
    },
    end() {
      const isAlive = descriptor >= 0;
      descriptor = -1;
      return new Promise((resolve) => {
        if (!isAlive) resolve();
        child?.once('exit', () => resolve());
        child?.stdin?.end();
        child?.unref();
      });
    },
  };
}

/** null: it could not be started now; a later look tries again. */
function startCompanion({ program, request, environment, onOrder }: CompanionCall): ChildProcess | null {
  const started = startProgram(
    process.execPath,
    [...COMPANION_FLAGS, program, renderCompanionRequest(request)],
    {
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
      env: environment,
      // A terminal's Ctrl-C is for the daemon; the companion ends with our pipe.
      detached: true,
    },
  );
  if (!started.ok) return null;
  const child = started.value;
  writeCgroupFile(`/proc/${child.pid}/oom_score_adj`, OOM_SCORE_ADJ);
  child.stdin?.on('error', () => {});
  readOrders(child.stdio[3] as Readable, onOrder);
  return child;
}

function readOrders(orders: Readable, onOrder: (order: GuardOrder) => void): void {
  let rest = '';
  orders.on('error', () => {});
  orders.setEncoding('latin1');
  orders.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const order = parseGuardOrder(line);
      if (order !== null) onOrder(order);
    }
  });
}

/** The number behind libuv's pipe: its stream would queue in our heap what the companion does not read. -1: none. */
function descriptorOf({ stdin }: ChildProcess): number {
  const handle: unknown = stdin === null ? null : Reflect.get(stdin, '_handle');
  const descriptor: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : -1;
  return typeof descriptor === 'number' ? descriptor : -1;
}
