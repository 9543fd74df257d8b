// Ctrl-Z and fg on a real terminal: the job stops as one, stays stopped beyond the lease, and goes on as one.
import { appendFileSync, chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { type Running, start } from '../support/ending.ts';
import { gateAnswering, type Installation, install } from '../support/installation.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { moment, until } from '../support/scripted-daemon.ts';

/** The shortest there is, and as long again for its last read. */
const LEASE = ['--lease', '9s'];
const BEYOND_LEASE_MS = 12_000;
const CTRL_Z = '\u001a';

interface Terminal {
  readonly shell: Running;
  /** Bytes that the daemon and a child of it in a session of its own have written. */
  beats(): readonly [number, number];
}

/** An interactive shell on a terminal of its own, with a guarded daemon in its foreground. */
async function runOnTerminal(before: string, { onTestFinished }: TestContext): Promise<Terminal> {
  const installation: Installation = await install(gateAnswering({}));
  const place = mkdtempSync(join(tmpdir(), 'syncguard-terminal-'));
  const files = ['main', 'apart'].map((name) => join(place, name));
  for (const file of files) appendFileSync(file, '');
  for (const path of [place, ...files]) chmodSync(path, 0o777);
  const daemon = join(place, 'daemon');
  const beat = (file = ''): string => `while [ -e '${daemon}' ]; do echo >>'${file}'; sleep 0.05; done`;
  writeFileSync(daemon, `setsid sh -c "${beat(files[1])}" &\n${beat(files[0])}\n`);
  const env = { ...process.env, RUNTIME_DIRECTORY: join(place, 'run'), XDG_STATE_HOME: place, HISTFILE: '' };
  const shell = start('script', ['-qfec', 'bash --norc --noprofile -i', '/dev/null'], { env });
  shell.write(`${before} '${installation.program}' run ${LEASE.join(' ')} sh ${daemon}\n`);
  await shell.seen('sh started');
  onTestFinished(async () => {
    // Both loops end with it, and so the job; a job that was left stopped is continued first.
    rmSync(daemon);
    shell.write('fg\n');
    shell.write('exit\nexit\n');
    await shell.ended;
    installation.remove();
    rmSync(place, { recursive: true });
  });
  return { shell, beats: () => [statSync(files[0] ?? '').size, statSync(files[1] ?? '').size] };
}

const beating = async ({ beats }: Terminal): Promise<void> => {
  const [main, apart] = beats();
  await until(() => beats()[0] > main && beats()[1] > apart);
};

/** No beat for half a second, ten times as long as one takes. */
async function standsStill({ beats }: Terminal): Promise<boolean> {
  const before = beats();
  await moment(500);
  return String(beats()) === String(before);
}

const WAYS = [
  { title: 'its cgroup', before: '', isRootOnly: false },
  {
    title: 'signals',
    before: 'setpriv --reuid=65534 --regid=65534 --clear-groups',
    isRootOnly: true,
  },
];

describe.runIf(isMet(hasProgram('script') && hasProgram('bash'), 'no script or bash'))(
  'a job on a terminal',
  { concurrent: true },
  () => {
    for (const { title, before, isRootOnly } of WAYS)
      it.runIf(isMet(!isRootOnly || process.getuid?.() === 0, 'not root: no other user to become'))(
        `held by ${title} stops whole by Ctrl-Z, is left alone by its lease, and goes on by fg`,
        async (context) => {
          const terminal = await runOnTerminal(before, context);
          await beating(terminal);
          terminal.shell.write(CTRL_Z);
          await terminal.shell.seen('Stopped');
          while (!(await standsStill(terminal)));
          const stopped = terminal.beats();
          await moment(BEYOND_LEASE_MS);
          context.expect(terminal.beats()).toEqual(stopped);
          terminal.shell.write('fg\n');
          await beating(terminal);
        },
      );
  },
);
