// The doctor's look at what would guard a daemon here: which protection is in force at a wall, who ends a pause, and whether
// a guard that is gone has left one behind.

import { thawAbandoned } from '../../actuators/abandoned.ts';
import { readBrakeCapability } from '../../actuators/brake.ts';
import { loadLibc } from '../../kernel/native.ts';
import { findProgram } from '../../kernel/program-path.ts';
import { type Check, good } from './doctor-check.ts';
import { notifyCheck } from './doctor-notify.ts';
import { ownPlaces } from './guard-place.ts';
import type { Terminal } from './terminal.ts';

export const guardChecks = (terminal: Terminal): Check[] => [
  protectionCheck(),
  keeperCheck(terminal),
  notifyCheck(terminal),
  abandonedCheck(terminal),
];

/** Best first: a wall below the container's, pages that stay, a heap that is warm. */
function protectionCheck(): Check {
  const brake = readBrakeCapability('');
  if (brake.kind !== 'none')
    return good(
      'protection',
      `a cgroup and a wall of its own for the daemon, the guard outside it: ${brake.reason}`,
    );
  if (loadLibc().ok)
    return {
      name: 'protection',
      status: 'ok',
      seen: "the guard shares the daemon's wall, its programs locked in memory through koffi",
      meaning: 'where RLIMIT_MEMLOCK forbids it the start line says so, and the guard is only warmed',
      command: '',
    };
  return {
    name: 'protection',
    status: 'warn',
    seen: "the guard shares the daemon's wall and is only warmed: no cgroup of its own, no koffi",
    meaning:
      'once the container is full, a Node whose program pages were charged to it waits for them for ever (0 of 20 guards went on)',
    command: 'run in a systemd unit with Delegate=yes, or npm install -g --include=optional syncguard',
  };
}

function keeperCheck({ environment }: Terminal): Check {
  const path = environment['PATH'] ?? '';
  if (findProgram('bash', path) !== null)
    return good('keeper', 'bash: ends a pause when the guard is killed or hangs');
  const seen = findProgram('dash', path) === null ? 'neither bash nor dash' : 'dash';
  return {
    name: 'keeper',
    status: 'warn',
    seen,
    meaning:
      seen === 'dash'
        ? 'a pause ends when the guard is killed, but not when it hangs'
        : 'a daemon that is paused when its guard is killed stays so until the next start',
    command: 'apt install bash',
  };
}

function abandonedCheck({ environment }: Terminal): Check {
  const done = ownPlaces(environment).flatMap(thawAbandoned);
  if (done.length === 0) return good('pauses', 'none left behind by a guard that is gone');
  return {
    name: 'pauses',
    status: 'warn',
    seen: done.join('; '),
    meaning: 'its guard was killed, and its keeper too',
    command: '',
  };
}
