// The gate's one answer to the sentinel: a fixed-size record on a pipe, so that a crash or a short write is seen as such.
// Layout: `SGGATE1 ` + 4 hex digits of the JSON's length + space + JSON + zero padding to RECORD_BYTES.

import type { EndTerms } from '../domain/end-terms.ts';
import type { PlatformId } from '../domain/platform.ts';
import type { Policy } from '../domain/policy.ts';
import type { ResourceName } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';

/** One page of pipe buffer is written whole or not at all: PIPE_BUF is 4096 (pipe(7)). */
export const GATE_RECORD_BYTES = 4096;
const MAGIC = 'SGGATE1 ';
const HEAD_BYTES = MAGIC.length + 5;

/** What the guard judges by: resolved here once, since the sentinel reads no settings, no profile and no tree. */
export interface GuardTerms {
  readonly platform: PlatformId;
  readonly policy: Policy;
  /** Walls of --barrier and the configuration, in each row's own unit. */
  readonly barriers: Readonly<Partial<Record<ResourceName, number>>>;
  /** Bytes of the trees' touched cost that reclaim can give back. */
  readonly unpinnedTouchedBytes: number;
  readonly pinnedBytes: number;
  /** Rows that will come near their wall, as foreseen and admitted: the high end, in the row's own unit. */
  readonly admitted: readonly {
    readonly resource: ResourceName;
    readonly scope: string;
    readonly high: number;
  }[];
  /** What the daemon alone will hold of a memory wall at most, bytes; 0: not admitted. */
  readonly ownMemoryBytes: number;
  /** Bytes that one watch or open file pins here. */
  readonly pinUnitBytes: number;
  /** Milliseconds between TERM and KILL. */
  readonly graceMs: number;
  readonly ends: EndTerms;
  /** Exit statuses by which the daemon itself asks to be started again. */
  readonly restartStatuses: readonly number[];
  /** A pause of the daemon's own, which its API is asked for, gives its watches back. */
  readonly pausesItself: boolean;
  /** Words put behind COMMAND's own arguments, its subcommand among them, for --on-refuse degrade; null: it has none. */
  readonly degradeWords: readonly string[] | null;
}

export interface GateRecord {
  readonly verdict: 'admit' | 'throttle' | 'refuse' | 'unknown';
  /** Stable reason: `fits`, `over-wall`, `no-wall`, `touched-needs-brake`, `root-vanished`, `will-grow`, `gap`, … */
  readonly reason: string;
  /** The binding resource's name, '' when none. */
  readonly binding: string;
  readonly profile: string;
  /** false where a refused call may be taken for a deletion or for work done: no waiting cgroup for that daemon. */
  readonly enomemSafe: boolean;
  /** The verdict in one sentence, as people read it; cut to fit. */
  readonly message: string;
  /** What to type next; '' when nothing is to be done. */
  readonly hint: string;
  /** Bytes the daemon may hold before the rest of the container is endangered: the limit of its own cgroup; null: no memory wall. */
  readonly ownLimitBytes: number | null;
  /** null: the gate failed, and nothing is known but what can be read. */
  readonly terms: GuardTerms | null;
}

/** The record's bytes, always GATE_RECORD_BYTES long; the message is shortened until it fits. */
export function renderGateRecord(record: GateRecord): Uint8Array {
  const encoder = new TextEncoder();
  const out = new Uint8Array(GATE_RECORD_BYTES);
  for (let length = record.message.length; ; length = Math.floor(length / 2)) {
    const body = encoder.encode(JSON.stringify({ ...record, message: record.message.slice(0, length) }));
    if (body.length > GATE_RECORD_BYTES - HEAD_BYTES && length > 0) continue;
    out.set(encoder.encode(`${MAGIC}${body.length.toString(16).padStart(4, '0')} `));
    out.set(body.subarray(0, GATE_RECORD_BYTES - HEAD_BYTES), HEAD_BYTES);
    return out;
  }
}

const VERDICTS: readonly string[] = ['admit', 'throttle', 'refuse', 'unknown'];

/** A short, foreign or damaged record is an error value; it never throws. */
export function parseGateRecord(bytes: Uint8Array): Result<GateRecord, string> {
  if (bytes.length < GATE_RECORD_BYTES)
    return failure(`short record: ${bytes.length} of ${GATE_RECORD_BYTES} bytes`);
  const head = new TextDecoder().decode(bytes.subarray(0, HEAD_BYTES));
  const length = Number.parseInt(head.slice(MAGIC.length), 16);
  if (!head.startsWith(MAGIC) || !(length > 0 && length <= GATE_RECORD_BYTES - HEAD_BYTES))
    return failure('foreign record');
  try {
    return checked(JSON.parse(new TextDecoder().decode(bytes.subarray(HEAD_BYTES, HEAD_BYTES + length))));
  } catch {
    return failure('damaged record');
  }
}

function checked(value: unknown): Result<GateRecord, string> {
  if (typeof value !== 'object' || value === null) return failure('damaged record');
  const record = value as Record<string, unknown>;
  const { verdict, reason, binding, profile, enomemSafe, message, hint, ownLimitBytes, terms } = record;
  const texts = [reason, binding, profile, message, hint];
  const isWhole =
    VERDICTS.includes(String(verdict)) &&
    texts.every((text) => typeof text === 'string') &&
    typeof enomemSafe === 'boolean' &&
    (ownLimitBytes === null || typeof ownLimitBytes === 'number') &&
    typeof terms === 'object';
  return isWhole ? success(value as GateRecord) : failure('damaged record');
}
