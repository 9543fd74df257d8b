// A configuration that changes while its guard acts: the programs as built from today's source, a real daemon, a real freeze.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuardManifest } from '../../src/formats/guard-manifest.ts';
import { runToEnd } from '../support/ending.ts';
import { installPrograms, type Programs } from '../support/guarded-programs.ts';
import {
  childrenOf,
  type Guarded,
  hasEnded,
  isFrozen,
  type Scene,
  sceneFor,
} from '../support/guarded-run.ts';
import { until } from '../support/scripted-daemon.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
});
afterAll(() => programs.remove());

const RELOADS = 500;

/** As an editor saves: beside it, and renamed over it. */
function save(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

interface Configured {
  readonly scene: Scene;
  readonly file: string;
  readonly guarded: Guarded;
}

async function configured(scene: Scene, text: string): Promise<Configured> {
  const directory = join(scene.path, 'config');
  const file = join(directory, 'config.toml');
  mkdirSync(directory);
  writeFileSync(file, text);
  const guarded = await scene.run(['--companion', 'on', 'sh', '-c', 'echo up; exec sleep 600'], {
    environment: { CONFIGURATION_DIRECTORY: directory, SYNCGUARD_GRACE: '9s' },
    says: 'up',
  });
  await guarded.ask({ command: 'status' });
  return { scene, file, guarded };
}

const policyOf = ({ guarded }: Configured): unknown =>
  (JSON.parse(readFileSync(join(guarded.directory, 'guard.json'), 'utf8')) as GuardManifest).policy;

/** 87 % of the wall slows, and 92 % pauses, under each of them. */
const CONFIGURATIONS = [
  'throttle_at = "85%"\npause_at = "90%"\nlease = "90s"\n',
  'throttle_at = "80%"\npause_at = "91%"\nstop_at = "96%"\nlease = "30s"\non_refuse = "wait"\n',
  'throttle_at = "70%"\npause_at = "89%"\nstop_at = "97%"\nexclude = ["a"]\n[barriers]\nnumproc = 90\n',
  'pause_at = "101%"\n',
];

describe('a guard whose configuration changes', () => {
  it(`acts as it must through ${RELOADS} reloads while it slows, pauses and goes on`, async (context) => {
    const stage = await configured(sceneFor(programs.program, context), CONFIGURATIONS[0] ?? '');
    const { scene, file, guarded } = stage;
    const pid = guarded.daemonPid();
    let reloads = 0;
    let refused = 0;
    const reloading = (async () => {
      for (; reloads < RELOADS; reloads += 1) {
        writeFileSync(file, CONFIGURATIONS[reloads % CONFIGURATIONS.length] ?? '');
        if (!(await guarded.ask({ command: 'reload' })).ok) refused += 1;
      }
    })();
    let rounds = 0;
    while (reloads < RELOADS || rounds === 0) {
      scene.wall.move(87);
      await until(() => guarded.course().endsWith('throttled'));
      scene.wall.move(92);
      await until(() => guarded.course().endsWith('paused') && isFrozen(pid));
      scene.wall.move(10);
      await until(() => isFrozen(pid));
      await guarded.ask({ command: 'resume' });
      await until(() => guarded.course().endsWith('running') && !isFrozen(pid));
      rounds += 1;
    }
    await reloading;
    save(file, CONFIGURATIONS[1] ?? '');
    expect(await guarded.ask({ command: 'reload' })).toMatchObject({ ok: true, isDone: true });
    process.stderr.write(
      `${reloads} reloads, ${refused} of them refused, in ${rounds} rounds of slowing, pausing, resuming\n`,
    );
    expect(refused).toBe(RELOADS / CONFIGURATIONS.length);
    expect(hasEnded(pid)).toBe(false);
    await until(() => guarded.output().includes('a silent guard by 30s'));
    await expect
      .poll(() => policyOf(stage), { timeout: 30_000 })
      .toEqual({ throttleAt: 0.8, pauseAt: 0.91, stopAt: 0.96 });
    // Every keeper but the last has ended.
    await until(() => childrenOf(guarded.pid, 'syncguard-keeper').length === 1);
    expect(await guarded.ask({ command: 'stop' })).toMatchObject({ ok: true });
    await until(() => hasEnded(pid));
  });

  it('follows a file that is saved, and keeps what it had where the file is bad', async (context) => {
    const stage = await configured(sceneFor(programs.program, context), 'stop_at = "95%"\n');
    const { scene, file, guarded } = stage;
    // Until the watch stands, a look every 15 s sees it.
    save(file, 'stop_at = "94%"\nexclude = ["a"]\n');
    await until(() => guarded.output().includes('now stop_at "95%" -> "94%"'));
    save(file, 'stop_at = "94%"\nlaese = "9s"\n');
    const sentence = `${file}, line 2: laese is not a setting; did you mean lease?`;
    await until(() => guarded.output().includes(sentence));
    const standing = { trouble: sentence, waiting: ['exclude [] -> ["a"]'] };
    expect(await guarded.ask({ command: 'status' })).toMatchObject({ status: { configuration: standing } });
    const environment = { ...scene.environment, CONFIGURATION_DIRECTORY: join(file, '..') };
    const typed = await runToEnd(programs.program, ['status', String(guarded.pid)], { env: environment });
    expect(typed.stdout.replaceAll(/\s+/g, ' ')).toContain(`not followed: ${sentence}`);
    const reload = await runToEnd(programs.program, ['reload', String(guarded.pid)], { env: environment });
    expect([reload.status, reload.stderr]).toEqual([78, expect.stringContaining(sentence)]);
    await expect.poll(() => policyOf(stage), { timeout: 30_000 }).toMatchObject({ stopAt: 0.94 });
    scene.wall.move(92);
    await until(() => guarded.course().endsWith('paused'));
  });
});
