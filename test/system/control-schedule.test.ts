// A companion that waits for the full minute, with this test in the sentinel's place: half a minute of idling on average.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { phaseIndex } from '../../src/domain/lifecycle.ts';
import { companionStage, type Stage } from '../support/companion.ts';
import { MANIFEST, recordOf } from '../support/guard-records.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await companionStage(MANIFEST);
});
afterAll(() => stage.remove());

const A_MINUTE = { timeout: 90_000, interval: 500 };

describe.concurrent('a scheduled restart', () => {
  it('is ordered when it is due, where its condition is met, and only there', async ({ expect }) => {
    const half = recordOf('sample', 'memory', { held: 500, judged: 100, phase: phaseIndex('running') });
    const [always, met, unmet] = [{}, { 'restart.if': 'held>40%' }, { 'restart.if': 'judged>40%' }].map(
      (condition) => {
        const flags = { 'restart.at': '* * * * *', ...condition };
        const run = stage.start({ source: { config: null, flags }, verbosity: 'verbose' });
        run.send(half);
        return run;
      },
    );
    await expect.poll(() => always?.orders(), A_MINUTE).toEqual(['restart']);
    await expect.poll(() => met?.orders(), A_MINUTE).toEqual(['restart']);
    await expect.poll(() => unmet?.log(), A_MINUTE).toContain('no restart: no wall has judged>40%');
    expect(unmet?.orders()).toEqual([]);
  });

  it('comes after the hook before it, and the hook after it is told that the daemon was started', async ({
    expect,
  }) => {
    const told = join(stage.runtimeDirectory, 'told');
    const config = join(stage.runtimeDirectory, 'c.toml');
    const hook = (word: string): string =>
      `["/bin/sh", "-c", "echo ${word} $SYNCGUARD_OUTCOME >> '${told}'"]`;
    writeFileSync(
      config,
      `[restart]\nat = "* * * * *"\nbefore = ${hook('before')}\nafter = ${hook('after')}\n`,
    );
    const run = stage.start({ source: { config, flags: {} } });
    await expect.poll(run.orders, A_MINUTE).toEqual(['restart']);
    expect(readFileSync(told, 'utf8')).toBe('before\n');
    run.send(recordOf('started', null, { amount: 7 }));
    await expect.poll(() => readFileSync(told, 'utf8'), A_MINUTE).toBe('before\nafter restarted\n');
    // Descriptor 2 is the daemon's too: what loads execa may not make it non-blocking (O_NONBLOCK is 04000).
    const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/${run.child.pid}/fdinfo/2`, 'utf8'))?.[1] ?? '';
    expect(Number.parseInt(flags, 8) & 0o4000).toBe(0);
    // A time that is changed meanwhile is kept from then on.
    writeFileSync(config, '[restart]\nat = "61 4 * * *"\n');
    await expect.poll(run.log, A_MINUTE).toContain(`${config}, line 2: restart.at: 61 4 * * * is not a time`);
  });

  it('at a time that never comes is said once, and the companion goes on', async ({ expect }) => {
    const run = stage.start({ source: { config: null, flags: { 'restart.at': '0 0 30 2 *' } } });
    await expect
      .poll(run.log, { timeout: 30_000 })
      .toBe("syncguard: the time to restart at, '0 0 30 2 *', never comes\n");
    expect(await run.ask('{"command":"status"}')).toMatchObject({ ok: true });
  });
});
