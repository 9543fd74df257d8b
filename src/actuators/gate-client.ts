// Asks the gate: a one-shot child that counts the tree and answers one fixed record on its descriptor 3.
// Whatever else it does (crash, hang, half an answer) is `unknown`, with the reason said.

import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { GATE_RECORD_BYTES, type GateRecord, parseGateRecord } from '../formats/gate-record.ts';
import { type GateRequest, renderGateRequest } from '../formats/gate-request.ts';
import { renderDuration } from '../formats/quantity-text.ts';
import { writeCgroupFile } from './cgroup-file.ts';
import { startProgram } from './program.ts';
import { sendSignal } from './signal.ts';

export interface GateCall {
  /** The gate's program. */
  readonly program: string;
  readonly request: GateRequest;
  readonly timeoutMs: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** A gate that is running: its answer, and how to end it early. */
export interface GateRun {
  readonly record: Promise<GateRecord>;
  abort(): void;
}

export function askGate(call: GateCall): GateRun {
  const started = startProgram(process.execPath, [call.program, renderGateRequest(call.request)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    env: call.environment,
  });
  if (!started.ok) return { record: Promise.resolve(unknownBecause(started.error)), abort: () => {} };
  const child = started.value;
  // Killed before anything else where memory ends: a lost estimate is only unknown.
  writeCgroupFile(`/proc/${child.pid}/oom_score_adj`, '1000');
  const abort = (): void => {
    sendSignal(child.pid, 'SIGKILL');
  };
  return { record: answerOf(child, call, abort), abort };
}

/** What the gate has said so far on its two descriptors. */
interface Heard {
  readonly record: Buffer[];
  readonly complaint: Buffer[];
}

function answerOf(child: ChildProcess, call: GateCall, abort: () => void): Promise<GateRecord> {
  return new Promise((resolve) => {
    const heard: Heard = { record: [], complaint: [] };
    const settle = (record: GateRecord): void => {
      clearTimeout(timer);
      resolve(record);
    };
    const timer = setTimeout(() => {
      abort();
      settle(unknownBecause(`it took longer than ${renderDuration(call.timeoutMs)}`));
    }, call.timeoutMs);
    child.stderr?.on('data', (part: Buffer) => keep(heard.complaint, part));
    (child.stdio[3] as Readable).on('data', (part: Buffer) => {
      const record = parseGateRecord(keep(heard.record, part));
      if (!record.ok) return;
      // The answer is whole: nothing more is expected of a gate that lingers.
      abort();
      onceEnded(child, () => settle(record.value));
    });
    child.once('close', (status, signal) => settle(silence(heard, status, signal)));
  });
}

/** A gate still dying is one more process in our cgroup, and v2 hands no controller down from a cgroup that holds others. */
function onceEnded(child: ChildProcess, then: () => void): void {
  if (child.exitCode === null && child.signalCode === null) child.once('exit', then);
  else then();
}

/** Adds to what was heard, up to a record's length: a gate that writes without end is not one of ours. */
function keep(parts: Buffer[], part: Buffer): Buffer {
  const whole = Buffer.concat([...parts, part]).subarray(0, GATE_RECORD_BYTES);
  parts.splice(0, parts.length, whole);
  return whole;
}

/** sysexits.h: usage, a tree that is not there, and configuration are the user's to mend, not unknown walls. */
const BAD_REQUEST_STATUSES: readonly (number | null)[] = [64, 66, 78];

/** The gate ended without a whole record: its own complaint where it made one, else how it ended. */
function silence(heard: Heard, status: number | null, signal: NodeJS.Signals | null): GateRecord {
  const complaint = Buffer.concat(heard.complaint).toString();
  const said = /^syncguard: (.+)$/m.exec(complaint)?.[1];
  const hint = /^hint: (.+)$/m.exec(complaint)?.[1];
  const parsed = parseGateRecord(Buffer.concat(heard.record));
  const ended = `it ended with ${signal ?? `status ${status}`} (${parsed.ok ? 'late' : parsed.error})`;
  const record = unknownBecause(said ?? ended);
  return {
    ...record,
    reason: BAD_REQUEST_STATUSES.includes(status) ? 'bad-request' : record.reason,
    message: BAD_REQUEST_STATUSES.includes(status) && said !== undefined ? said : record.message,
    hint: hint ?? record.hint,
  };
}

function unknownBecause(trouble: string): GateRecord {
  return {
    verdict: 'unknown',
    reason: 'gate-failed',
    binding: '',
    profile: '',
    enomemSafe: false,
    message: `the estimate failed: ${trouble}`,
    hint: 'syncguard doctor',
    ownLimitBytes: null,
    terms: null,
  };
}
