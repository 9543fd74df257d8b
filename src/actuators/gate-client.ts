// Asks the gate: a one-shot child that counts the tree and answers one fixed record on its descriptor 3.
// Whatever else it does (crash, hang, half an answer) is `unknown`, with the reason said.

import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { GATE_RECORD_BYTES, type GateRecord, parseGateRecord } from '../formats/gate-record.ts';
import { type GateRequest, renderGateRequest } from '../formats/gate-request.ts';
import { renderDuration } from '../formats/quantity-text.ts';
import { LONGEST_RUN_SETTINGS_BYTES, parseRunSettings, type RunSettings } from '../formats/run-settings.ts';
import { writeCgroupFile } from './cgroup-file.ts';
import { startProgram } from './program.ts';
import { sendSignal } from './signal.ts';

export interface GateCall {
  /** The gate's program. */
  readonly program: string;
  readonly request: GateRequest;
  /** Until it has said its own, which the configuration may have. */
  readonly timeoutMs: number;
  /** What it follows, as soon as it has read it. */
  onSettings?(settings: RunSettings): void;
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
  readonly answer: Buffer[];
  readonly complaint: Buffer[];
}

function answerOf(child: ChildProcess, call: GateCall, abort: () => void): Promise<GateRecord> {
  return new Promise((resolve) => {
    const heard: Heard = { answer: [], complaint: [] };
    const settle = (record: GateRecord): void => {
      clearTimeout(timer);
      resolve(record);
    };
    const expire = (afterMs: number): NodeJS.Timeout =>
      setTimeout(() => {
        abort();
        settle(unknownBecause(`it took longer than ${renderDuration(afterMs)}`));
      }, afterMs);
    let timer = expire(call.timeoutMs);
    const follow = (settings: RunSettings): void => {
      clearTimeout(timer);
      timer = expire(settings.gateTimeoutMs);
      call.onSettings?.(settings);
    };
    child.stderr?.on('data', (part: Buffer) => keep(heard.complaint, part));
    const hear = hearer(heard.answer, follow);
    (child.stdio[3] as Readable).on('data', (part: Buffer) => {
      const record = hear(part);
      if (!record.ok) return;
      // The answer is whole: nothing more is expected of a gate that lingers.
      abort();
      onceEnded(child, () => settle(record.value));
    });
    child.once('close', (status, signal) => settle(silence(heard, status, signal)));
  });
}

/** Tells once of the settings in front of the record; the record as far as it is there. */
function hearer(
  answer: Buffer[],
  follow: (settings: RunSettings) => void,
): (part: Buffer) => ReturnType<typeof parseGateRecord> {
  let isFollowed = false;
  return (part) => {
    const { settings, record } = partsOf(keep(answer, part));
    if (settings !== null && !isFollowed) follow(settings);
    isFollowed ||= settings !== null;
    return parseGateRecord(record);
  };
}

function partsOf(answer: Buffer): { readonly settings: RunSettings | null; readonly record: Buffer } {
  const { settings, length } = parseRunSettings(answer);
  return { settings, record: answer.subarray(length) };
}

/** A gate still dying is one more process in our cgroup, and v2 hands no controller down from a cgroup that holds others. */
function onceEnded(child: ChildProcess, then: () => void): void {
  if (child.exitCode === null && child.signalCode === null) child.once('exit', then);
  else then();
}

const LONGEST_ANSWER_BYTES = LONGEST_RUN_SETTINGS_BYTES + GATE_RECORD_BYTES;

/** Adds to what was heard, up to the longest answer: a gate that writes without end is not one of ours. */
function keep(parts: Buffer[], part: Buffer): Buffer {
  const whole = Buffer.concat([...parts, part]).subarray(0, LONGEST_ANSWER_BYTES);
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
  const parsed = parseGateRecord(partsOf(Buffer.concat(heard.answer)).record);
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
