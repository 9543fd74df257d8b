// The shell that becomes the daemon. Node has no hook between fork and exec, and moving a process after its start races
// with what it does first; so a shell enters the cgroup, waits to be seen there, and execs.

import { type RawBytes, renderAssignment } from './raw-bytes.ts';

/** A shell's redirection knows one digit; 3 to 8 may be the user's own descriptors (LISTEN_FDS begins at 3). */
export const GATE_DESCRIPTOR = 9;

export interface LauncherRequest {
  /** cgroup.procs files to enter. */
  readonly entrances: readonly string[];
  readonly ignoredSignals: readonly number[];
  /** `1024`, `unlimited`; null: left as it is. */
  readonly openFilesLimit: string | null;
  readonly closedDescriptors: readonly number[];
  /** Variables that say by a pid for whom others are: LISTEN_PID, WATCHDOG_PID. */
  readonly pidVariables: readonly string[];
  readonly raw: RawBytes;
  readonly wordCount: number;
}

/** The guard dies before COMMAND did (exec never returns): the shell's own failure status of that name. */
const GUARD_GONE = 125;

/** POSIX sh, builtins only; `"$@"` is COMMAND with its arguments. */
export function renderLauncher(request: LauncherRequest): string {
  const lines = [
    ...request.entrances.map((path) => `{ echo $$ >${quote(path)}; } 2>/dev/null`),
    // The kernel's OOM killer shall take the daemon and not its guard: without this it took the guard 7 of 8 times.
    '{ echo 1000 >/proc/$$/oom_score_adj; } 2>/dev/null',
    `echo >&${GATE_DESCRIPTOR} || exit ${GUARD_GONE}`,
    // Not exported, so that COMMAND never sees it; `_` would be (a calling bash exports it).
    `read -r syncguard_go <&${GATE_DESCRIPTOR} || exit ${GUARD_GONE}`,
    `exec ${GATE_DESCRIPTOR}<&-`,
    ...request.closedDescriptors.map((descriptor) => `exec ${descriptor}<&-`),
  ];
  if (request.openFilesLimit !== null) lines.push(`ulimit -S -n ${request.openFilesLimit}`);
  // systemd's sockets and watchdog: the pid must be the daemon's, which is this shell's.
  lines.push(...request.pidVariables.map((name) => `${name}=$$`));
  if (request.ignoredSignals.length > 0) lines.push(`trap '' ${request.ignoredSignals.join(' ')}`);
  lines.push(...rawLines(request), 'exec "$@"');
  return lines.join('\n');
}

/** Variables keep their export; of the words only those that are raw are put in anew. */
function rawLines({ raw, wordCount }: LauncherRequest): string[] {
  const variables = [...raw.variables].map(([name, bytes]) => renderAssignment(name, bytes));
  if (raw.words.size === 0) return variables;
  const assignments = [...raw.words].map(([number, bytes]) => renderAssignment(`syncguard_${number}`, bytes));
  const words = Array.from({ length: wordCount }, (_, index) =>
    raw.words.has(index + 1) ? `"$syncguard_${index + 1}"` : `"\${${index + 1}}"`,
  );
  return [...variables, ...assignments, `set -- ${words.join(' ')}`];
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
