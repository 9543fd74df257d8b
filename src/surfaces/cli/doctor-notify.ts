// The doctor's look at how a service manager would be told of a guard here: READY, phases, signs of life.

import { existsSync } from 'node:fs';
import { NOTIFY_PROGRAM } from '../../actuators/notify-way.ts';
import { loadLibc } from '../../kernel/native.ts';
import { findProgram } from '../../kernel/program-path.ts';
import { type Check, good } from './doctor-check.ts';
import type { Terminal } from './terminal.ts';

/** There where systemd is the service manager, sd_booted(3). */
const BOOTED = '/run/systemd/system';

export function notifyCheck({ environment }: Terminal): Check {
  const libc = loadLibc();
  if (libc.ok)
    return good(
      'notify',
      'koffi: READY, each phase and a sign of life go to NOTIFY_SOCKET without a process',
    );
  const lack = `koffi is ${libc.error.reason}`;
  const file = findProgram(NOTIFY_PROGRAM, environment['PATH'] ?? '');
  return {
    name: 'notify',
    status: existsSync(BOOTED) ? 'warn' : 'ok',
    seen: file === null ? `${lack}, and there is no ${NOTIFY_PROGRAM}` : `${file}, since ${lack}`,
    meaning:
      file === null
        ? 'a unit of Type=notify would wait for READY in vain: Type=exec instead'
        : 'READY is told by a process of its own (NotifyAccess=all, unless it runs as root), phases are not; no WatchdogSec in units of ours, and one that is there is called off: nothing else could tell that the guard lives',
    command: 'npm install -g --include=optional syncguard',
  };
}
