import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runHook } from '../../src/companion/hook.ts';
import { restartByClock } from '../../src/companion/scheduled-restart.ts';
import { DEFAULT_SETTINGS, type RestartSettings } from '../../src/domain/settings.ts';

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-hook-'));
});
afterAll(() => rmSync(place, { recursive: true }));

const sh = (text: string): string[] => ['/bin/sh', '-c', text];
const call = (command: readonly string[], timeoutMs = 60_000) =>
  runHook({ command, timeoutMs, environment: { WHO: 'me' } });

describe('a hook', () => {
  it('that ends with 0 is done, and was told what it is for', async () => {
    expect(await call(sh(`echo "$WHO" > '${place}/who'`))).toBeNull();
    expect(readFileSync(join(place, 'who'), 'utf8')).toBe('me\n');
  });

  it.each([
    [sh('echo first; echo no disk >&2; exit 3'), '/bin/sh failed (status 3): no disk'],
    [sh('kill -KILL $$'), '/bin/sh failed (SIGKILL)'],
    [['/no/such/program'], '/no/such/program failed (ENOENT)'],
    [['/etc/passwd'], '/etc/passwd failed (EACCES)'],
  ])('%j is told of by how it ended and what it said last', async (command, sentence) => {
    expect((await call(command))?.slice(0, sentence.length)).toBe(sentence);
  });

  it('that does not end is ended', async () => {
    expect(await call(sh("trap '' TERM; while :; do sleep 0.1; done"), 300)).toBe(
      '/bin/sh took longer than 300ms',
    );
  });

  it('that says too much fails, and its words are not kept', async () => {
    const trouble = await call(sh('yes too much | head -c 1000000'));
    expect(trouble).toContain('/bin/sh failed');
    expect(trouble?.length).toBeLessThan(200);
  });
});

interface Played {
  readonly did: string[];
  readonly said: string[];
}

/** One restart that is due, under these settings. */
async function play(
  settings: Partial<RestartSettings>,
  { uptimeMs = 1_000, held = 50, isStarted = true, isHookGood = true } = {},
): Promise<Played> {
  const [did, said]: [string[], string[]] = [[], []];
  await restartByClock({
    daemon: 'dropboxd',
    settings: { ...DEFAULT_SETTINGS.restart, ...settings },
    uptimeMs: () => uptimeMs,
    readWalls: () => [{ held, judged: 0, wall: 100 }],
    restart: () => did.push('restart'),
    awaitStart: () => Promise.resolve(isStarted),
    runHook({ command, environment }) {
      const outcome = environment['SYNCGUARD_OUTCOME'];
      did.push(
        [command[0], environment['SYNCGUARD_EVENT'], ...(outcome === undefined ? [] : [outcome])].join(' '),
      );
      return Promise.resolve(isHookGood ? null : `${command[0]} failed (status 1)`);
    },
    say: (level, text) => said.push(`${level} ${text}`),
  });
  return { did, said };
}

const HOOKS = { before: ['/flush'], after: ['/tell'] };

describe('a restart that is due', () => {
  it('is done, and said', async () => {
    expect(await play({})).toEqual({ did: ['restart'], said: ['info the scheduled restart is due'] });
  });

  it('comes between its hooks', async () => {
    expect((await play(HOOKS)).did).toEqual([
      '/flush before-restart',
      'restart',
      '/tell after-restart restarted',
    ]);
  });

  it('that the gate did not let happen tells the hook after it', async () => {
    expect((await play(HOOKS, { isStarted: false })).did.at(-1)).toBe('/tell after-restart kept');
  });

  it('whose hook before fails is not done', async () => {
    const { did, said } = await play(HOOKS, { isHookGood: false });
    expect(did).toEqual(['/flush before-restart', '/tell after-restart kept']);
    expect(said).toContain('error the hook before a restart: /flush failed (status 1)');
    expect(said).toContain('warn it is not restarted: the hook before it failed');
  });

  it.each([
    [
      'no wall is over its condition',
      { condition: { amount: 'held', share: 0.6 } as const },
      'no wall has held>60%',
    ],
    ['the daemon is younger than it must be', { leastUptimeMs: 60_000 }, 'it was started less than 1min ago'],
  ])('is not done where %s, and no hook is run', async (_, settings, reason) => {
    expect(await play({ ...HOOKS, ...settings })).toEqual({ did: [], said: [`debug no restart: ${reason}`] });
  });

  it('is done where they are met', async () => {
    const settings = { condition: { amount: 'held', share: 0.4 } as const, leastUptimeMs: 1_000 };
    expect((await play(settings)).did).toEqual(['restart']);
  });
});
