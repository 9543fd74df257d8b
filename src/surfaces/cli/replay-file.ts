// FILE of `replay`: a table of a recording, or a guard's ring.

import { readFileSync } from 'node:fs';
import { SyncguardError } from '../../domain/error.ts';
import type { GuardTrace } from '../../domain/guard-trace.ts';
import { isBeancounterPlatform, type PlatformId } from '../../domain/platform.ts';
import { traceOfRing } from '../../formats/guard-ring.ts';
import { parseTraceTable } from '../../formats/guard-trace.ts';
import { errnoOf } from '../../kernel/errno.ts';

export interface Recording {
  readonly trace: GuardTrace;
  readonly platform: PlatformId;
  /** Why this platform, in a few words. */
  readonly platformEvidence: string;
}

const HINT = 'name a table as in fixtures/openvz-trace, or the ring in the runtime directory of a guard';

/** `-` is standard input; `forced` null: told by the recording itself. */
export function readRecording(file: string, forced: PlatformId | null): Recording {
  const origin = file === '-' ? 'standard input' : file;
  const bytes = readBytes(file, origin);
  const trace = isText(bytes) ? tableIn(bytes, origin) : ringIn(bytes, origin, forced);
  if (forced !== null) return { trace, platform: forced, platformEvidence: '--platform' };
  return { trace, ...platformOf(trace) };
}

function readBytes(file: string, origin: string): Uint8Array {
  try {
    return readFileSync(file === '-' ? 0 : file);
  } catch (error) {
    const errno = errnoOf(error);
    const isDenied = errno === 'EACCES' || errno === 'EPERM';
    throw new SyncguardError(
      errno === 'ENOENT' ? 'tree-missing' : isDenied ? 'denied' : 'io',
      `${origin} could not be read (${errno}).`,
      isDenied ? 'read it as the user that the guard runs as' : HINT,
      error,
    );
  }
}

const FIRST_BYTES = 64;
const TAB = 9;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** A ring's records have zero bytes in their first line; text has none. */
const isText = (bytes: Uint8Array): boolean =>
  bytes.subarray(0, FIRST_BYTES).every((byte) => byte >= SPACE || (byte >= TAB && byte <= CARRIAGE_RETURN));

function tableIn(bytes: Uint8Array, origin: string): GuardTrace {
  const parsed = parseTraceTable(new TextDecoder().decode(bytes));
  if (parsed.ok) return parsed.value;
  const { line, reason } = parsed.error;
  throw new SyncguardError('bad-recording', `${origin} is not a recording: line ${line}, ${reason}.`, HINT);
}

function ringIn(bytes: Uint8Array, origin: string, forced: PlatformId | null): GuardTrace {
  const source = forced !== null && isBeancounterPlatform(forced) ? 'beancounters' : 'cgroup2';
  const parsed = traceOfRing(bytes, source);
  if (parsed.ok) return parsed.value;
  throw new SyncguardError('bad-recording', `${origin} is not a recording: ${parsed.error}.`, HINT);
}

/** Above its barrier without a refusal: only 2.6.32 leaves dcachesize's barrier alone (UB_SOFT). */
function platformOf(trace: GuardTrace): Omit<Recording, 'trace'> {
  if (trace.kind === 'ring')
    return { platform: 'cgroup2', platformEvidence: "a guard's ring; --platform says otherwise" };
  const first = trace.moments[0];
  const isSoft = trace.moments.some(({ readings }) =>
    readings.some(
      ({ held, barrier, failcnt }, index) => held > barrier && failcnt === first?.readings[index]?.failcnt,
    ),
  );
  return isSoft
    ? { platform: 'openvz-042', platformEvidence: 'held passes a barrier and nothing is refused' }
    : { platform: 'openvz-028', platformEvidence: 'held passes no barrier' };
}
