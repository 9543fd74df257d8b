// A daemon that TERM in the middle of a run breaks: a real rclone bisync, bare and under a real guard and gate, at an
// emulated wall.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { BINARY } from '../support/binary.ts';
import { runToEnd, start } from '../support/ending.ts';
import { isFrozen, sceneFor, staysFrozen } from '../support/guarded-run.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { until } from '../support/scripted-daemon.ts';

const HAS_RCLONE = isMet(hasProgram('rclone'), 'rclone is not installed');

/** At this rate the copy takes about five seconds. */
const COPIED_BYTES = 1_000_000;
const SLOWLY = ['--bwlimit', '200k'];

interface Pair {
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Status of a run without a guard. */
  run(...words: readonly string[]): Promise<number | null>;
  isUnderWay(): boolean;
  isCopied(): boolean;
}

/** Two directories that were in step once, and a file that is on one side only. */
async function pairFor({ onTestFinished }: TestContext): Promise<Pair> {
  const path = mkdtempSync(join(tmpdir(), 'syncguard-bisync-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  for (const name of ['left', 'right', 'listings']) mkdirSync(join(path, name));
  writeFileSync(join(path, 'left/first'), 'first');
  const environment = { ...process.env, HOME: path };
  const sides = [join(path, 'left'), join(path, 'right')];
  const words = ['rclone', 'bisync', '--workdir', join(path, 'listings'), ...sides];
  const run = async (...more: readonly string[]): Promise<number | null> =>
    (await runToEnd('rclone', [...words.slice(1), ...more], { env: environment })).status;
  await run('--resync');
  writeFileSync(join(path, 'left/large'), randomBytes(COPIED_BYTES));
  const lock = `${sides.map((side) => side.slice(1).replaceAll('/', '_')).join('..')}.lck`;
  return {
    words,
    environment,
    run,
    isUnderWay: () => existsSync(join(path, 'listings', lock)),
    isCopied: () => existsSync(join(path, 'right/large')),
  };
}

describe.runIf(HAS_RCLONE).concurrent('rclone bisync', () => {
  it('is broken by TERM in the middle of a run: every later run refuses', async (context) => {
    const { expect } = context;
    const pair = await pairFor(context);
    const bare = start('rclone', [...pair.words.slice(1), ...SLOWLY], { env: pair.environment });
    await until(pair.isUnderWay);
    process.kill(bare.pid, 'SIGTERM');
    await bare.ended;
    expect(await pair.run()).not.toBe(0);
  });

  it('is paused where another daemon would be ended, and later runs work', async (context) => {
    const { expect } = context;
    const pair = await pairFor(context);
    const scene = sceneFor(BINARY, context);
    const environment = { HOME: String(pair.environment['HOME']) };
    const guarded = await scene.run(['--companion', 'on', ...pair.words, ...SLOWLY], { environment });
    await until(pair.isUnderWay);
    scene.wall.move(97, 5);
    await until(() => guarded.course().endsWith('paused') && isFrozen(guarded.daemonPid()));
    scene.wall.move(97, 9);
    expect(await staysFrozen(guarded.daemonPid())).toBe(true);
    await until(() => /its end (is )?put off/.test(guarded.output()));
    const told = async (command: string): Promise<string> =>
      (await runToEnd(BINARY, [command, String(guarded.pid)], { env: scene.environment })).stdout;
    expect(await told('status')).toMatch(/end +put off[\s\S]*--resync/);
    expect(await told('why')).toContain('rule end-put-off');
    scene.wall.move(10, 9);
    await guarded.ask({ command: 'resume' });
    expect(await guarded.ended).toMatchObject({ status: 0, signal: null });
    expect(pair.isCopied()).toBe(true);
    expect(await pair.run()).toBe(0);
  });

  it('that rises although paused is ended all the same, and why says what makes it whole again', async (context) => {
    const { expect } = context;
    const pair = await pairFor(context);
    const scene = sceneFor(BINARY, context);
    const environment = { HOME: String(pair.environment['HOME']) };
    const guarded = await scene.run(['--companion', 'off', ...pair.words, ...SLOWLY], { environment });
    await until(pair.isUnderWay);
    scene.wall.move(96, 5);
    await until(() => isFrozen(guarded.daemonPid()));
    scene.wall.move(99, 9);
    expect(await guarded.ended).toMatchObject({ status: 75 });
    const why = await runToEnd(BINARY, ['why', String(guarded.pid)], { env: scene.environment });
    expect(why.stdout).toMatch(
      /rule (failcnt|rises-while-paused)[\s\S]*afterwards: run it once with --resync/,
    );
    expect(await pair.run('--resync')).toBe(0);
    expect(await pair.run()).toBe(0);
  });
});
