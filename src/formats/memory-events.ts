// memory.events and pids.events (cgroup v2), memory.oom_control (cgroup v1).

import type { Malformed, Result } from '../domain/result.ts';
import { success } from '../domain/result.ts';
import type { Counter } from '../domain/units.ts';
import { parseFlatKeyed } from './flat-keyed.ts';

export interface MemoryEvents {
  /** Times reclaim ran at memory.high or memory.max: `high` + `max`. */
  readonly hits: number;
  /** `oom` + `oom_kill`: times memory.max could not be held, and processes killed for it. */
  readonly ooms: number;
}

/** Lines that a kernel lacks (oom_kill came in 4.13) count as 0: the kernel that lacks them reports the event as `oom`. */
export function parseMemoryEvents(text: string): Result<MemoryEvents, Malformed> {
  const events = parseFlatKeyed(text);
  if (!events.ok) return events;
  const of = (key: string): number => Number(events.value.get(key) ?? 0);
  return success({ hits: of('high') + of('max'), ooms: of('oom') + of('oom_kill') });
}

export interface OomControl {
  readonly isKillDisabled: boolean;
  readonly isUnderOom: boolean;
  /** null before 4.13, whose file had no such line. */
  readonly oomKills: Counter | null;
}

export function parseOomControl(text: string): Result<OomControl, Malformed> {
  const control = parseFlatKeyed(text);
  if (!control.ok) return control;
  return success({
    isKillDisabled: control.value.get('oom_kill_disable') === 1,
    isUnderOom: control.value.get('under_oom') === 1,
    oomKills: control.value.get('oom_kill') ?? null,
  });
}

/** pids.events: forks refused at pids.max (both generations, since 4.8); null when the line is not there. */
export function parsePidsEvents(text: string): Result<Counter | null, Malformed> {
  const events = parseFlatKeyed(text);
  return events.ok ? success(events.value.get('max') ?? null) : events;
}
