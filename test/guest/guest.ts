// A machine of its own, as guest.sh builds and boots it: cgroup v2 with memory accounting, PSI, systemd as PID 1.
// Knows: how to get one and to have scripts run there. May not know: what is tested.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { runToEnd } from '../support/ending.ts';
import { hasProgram, isMet } from '../support/need.ts';

const PROGRAM = join(import.meta.dirname, 'guest.sh');
/** /var/tmp outlives a restart of the machine, so that later runs need not build again. */
const DIRECTORY = process.env['SYNCGUARD_GUEST'] ?? '/var/tmp/syncguard-guest';
/** Of the console, in an error: enough for a kernel's last words. */
const CONSOLE_TAIL_BYTES = 4_000;

/** What guest-agent says when it begins. */
const READY = 'ready';

/** How a script ended; 128 + n by signal n, as bash tells it. */
export interface Answer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Guest {
  /** Runs a bash script as root, in a unit that no wall binds; one at a time. */
  run(script: string): Promise<Answer>;
  /** As the reset button does it, nothing is told beforehand; what was written to the disk is there afterwards. */
  reset(): Promise<void>;
  stop(): void;
}

/** Without a prepared SYNCGUARD_GUEST only root can build one. */
export const canHaveGuest = (): boolean =>
  isMet(
    hasProgram('qemu-system-x86_64') &&
      (process.env['SYNCGUARD_GUEST'] !== undefined || (hasProgram('apt-get') && process.getuid?.() === 0)),
    'no qemu-system-x86_64, or neither SYNCGUARD_GUEST nor apt-get as root: no machine with cgroup v2',
  );

/** Resolves when its first script can run: 4 s emulated, and 10 s more when it must be built first. */
export async function bootGuest(): Promise<Guest> {
  if (process.env['SYNCGUARD_GUEST'] === undefined) {
    const built = await runToEnd(PROGRAM, ['build', DIRECTORY]);
    if (built.status !== 0) throw new Error(built.stderr);
  }
  const child = spawn(PROGRAM, ['boot', DIRECTORY], { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = readLines(child);
  await lines.next();
  const tell = (script: string): Promise<string> => {
    child.stdin.write(`${Buffer.from(script).toString('base64')}\n`);
    return lines.next();
  };
  return {
    run: async (script) => {
      const line = await tell(script);
      if (line === READY) throw new Error(`the guest began anew in the midst of:\n${script}`);
      return parseAnswer(line);
    },
    reset: async () => {
      const line = await tell('echo b >/proc/sysrq-trigger');
      if (line !== READY) throw new Error(`the guest was not reset: ${line}`);
    },
    stop: () => child.kill('SIGKILL'),
  };
}

function readLines(child: ChildProcess): { next(): Promise<string> } {
  let console = '';
  child.stderr?.on('data', (part: Buffer) => {
    console = `${console}${part}`.slice(-CONSOLE_TAIL_BYTES);
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async next() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`the guest has ended; its console's last words:\n${console}`);
      return line.value;
    },
  };
}

/** As guest-agent answers: STATUS .BASE64 .BASE64 */
function parseAnswer(line: string): Answer {
  const [status, stdout = '.', stderr = '.'] = line.split(' ');
  const textOf = (word: string): string => Buffer.from(word.slice(1), 'base64').toString();
  return { status: Number(status), stdout: textOf(stdout), stderr: textOf(stderr) };
}
