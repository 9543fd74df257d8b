// A companion that waits for the full minute, with this test in the sentinel's place: half a minute of idling on average.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { phaseIndex } from '../../src/domain/lifecycle.ts';
import { companionStage, type Stage } from '../support/companion.ts';
import { MANIFEST, recordOf } from '../support/guard-records.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await companionStage(MANIFEST);
});
afterAll(() => stage.remove());

const A_MINUTE = { timeout: 90_000, interval: 500 };

describe('a scheduled restart', () => {
  it('is ordered when it is due, where its condition is met, and only there', async () => {
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

  it('at a time that never comes is said once, and the companion goes on', async () => {
    const run = stage.start({ source: { config: null, flags: { 'restart.at': '0 0 30 2 *' } } });
    await expect
      .poll(run.log, { timeout: 30_000 })
      .toBe("syncguard: the time to restart at, '0 0 30 2 *', never comes\n");
    expect(await run.ask('{"command":"status"}')).toMatchObject({ ok: true });
  });
});
