// Services under the supervisors they are written for: started, stopped, started again after a kill and not after a refusal.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { syncguard } from '../support/binary.ts';
import type { Running } from '../support/ending.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { SUPERVISORS, type SupervisorName, type SupervisorPlace } from '../support/service-supervisors.ts';

const scratch = mkdtempSync(join(tmpdir(), 'syncguard-inits-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const canRun = isMet(
  process.getuid?.() === 0 && ['runsv', 's6-supervise', 'supervisord'].every(hasProgram),
  'root, runit, s6 and supervisor',
);

/** Says that it runs, and by what it was ended. */
const DAEMON = [
  '/bin/sh',
  '-c',
  'echo $$ >>"$1/started"; trap \'printf "%s\\n" "$2" >"$1/ended"; exit 0\' TERM; while :; do sleep 0.1; done',
  'daemon',
];
/** No machine has it. */
const TOO_MUCH = ['--require', 'memory=900000G', '--on-refuse', 'exit'];
/** What the line of every init must carry unchanged. */
const STRANGE = `a b %n $HOME 'c' "d" ;e \\f`;

const INITS: readonly SupervisorName[] = ['runit', 's6', 'supervisord'];

let running: Running | null = null;
afterEach(async () => {
  if (running === null) return;
  process.kill(running.pid, 'SIGTERM');
  await running.ended;
  running = null;
});

function install(init: SupervisorName, options: readonly string[]): SupervisorPlace {
  const root = mkdtempSync(join(scratch, `${init}-`));
  for (const directory of ['runtime', 'state', 'etc']) mkdirSync(join(root, directory));
  writeFileSync(join(root, 'etc/passwd'), `root:x:0:0::${root}:/bin/sh\n`);
  const words = ['service', 'install', '--root', root, '--init', init, '--name', 'sync', '--as', 'root'];
  const done = syncguard([...words, ...options, '--', ...DAEMON, root, STRANGE]);
  expect(done.status, done.stderr).toBe(0);
  const environment = {
    PATH: process.env['PATH'],
    RUNTIME_DIRECTORY: join(root, 'runtime'),
    STATE_DIRECTORY: join(root, 'state'),
  };
  return { root, name: 'sync', environment };
}

/** Polled: none of them can be waited for in a way that all have. */
async function until(what: string, condition: () => boolean): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`in a minute not seen: ${what}\n${running?.output() ?? ''}`);
}

const content = (...path: readonly string[]): string => {
  const file = join(...path);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};
const starts = ({ root }: SupervisorPlace): string[] => content(root, 'started').split('\n').filter(Boolean);

/** Its directory is called so. */
const guardOf = ({ root }: SupervisorPlace): number => {
  const pid = readdirSync(join(root, 'runtime'))
    .map(Number)
    .find((each) => each > 1);
  if (pid === undefined) throw new Error('no guard has announced itself');
  return pid;
};

describe.runIf(canRun)('a service', () => {
  for (const init of INITS) {
    const supervisor = SUPERVISORS[init];
    it(`of ${init} runs its daemon with every word as it was, and ends it by TERM`, async () => {
      const place = install(init, []);
      running = supervisor.supervise(place);
      await until('a daemon', () => starts(place).length === 1 && supervisor.see(place) === 'up');
      supervisor.stop(place);
      await until('its end', () => supervisor.see(place) === 'final');
      expect(content(place.root, 'ended')).toBe(`${STRANGE}\n`);
    });

    it(`of ${init} is not started again after a refusal`, async () => {
      const place = install(init, TOO_MUCH);
      running = supervisor.supervise(place);
      await until('a refusal for good', () => supervisor.see(place) === 'final');
      expect(starts(place)).toEqual([]);
    });

    it(`of ${init} is started again after its guard was killed, through the gate`, async () => {
      const place = install(init, []);
      running = supervisor.supervise(place);
      await until('a daemon', () => starts(place).length === 1);
      process.kill(guardOf(place), 'SIGKILL');
      await until('another daemon', () => starts(place).length === 2);
      supervisor.stop(place);
      await until('its end', () => supervisor.see(place) === 'final');
      for (const pid of starts(place)) spawnSync('kill', ['-9', pid]);
    });
  }
});
