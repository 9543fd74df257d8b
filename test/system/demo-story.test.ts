// The whole story through the built program: real watches, a real freeze, and a guard that acts below an emulated wall.
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BINARY, NO_HOME } from '../support/binary.ts';
import { type Ended, runToEnd } from '../support/ending.ts';
import { isMet } from '../support/need.ts';

const environment = { PATH: process.env['PATH'] ?? '', HOME: NO_HOME };

describe('the story as it is told', () => {
  let told: Ended;
  beforeAll(async () => {
    told = await runToEnd(BINARY, ['demo'], { env: environment });
  });

  it('ends with 0 and leaves nothing', () => {
    expect([told.status, told.stderr]).toEqual([0, '']);
    expect(told.stdout).toMatch(
      /The wall was never met \(9\d\.\d% at most\)\. Nothing of it runs any more\.\n$/,
    );
    expect(existsSync(/^ {2}in (\S+)$/m.exec(told.stdout)?.[1] ?? '/')).toBe(false);
  });

  it('refuses, starts, keeps silent while it fits, and pauses once it no longer will', () => {
    const acts = told.stdout.split(/^(?=Act )/m);
    expect(acts).toHaveLength(4);
    expect(acts[1]).toContain('exit status 75');
    expect(acts[2]).toMatch(/Up to date after .*the guard\s+has\s+printed\s+one\s+line\./s);
    expect(acts[3]).toMatch(/\| syncguard: dropboxd is paused: dcachesize/);
  });

  it("gives the guard's own reasons, from its own record", () => {
    const why = told.stdout.slice(told.stdout.indexOf('$ syncguard why'));
    expect(why).toMatch(/\| .*-> paused: .*FREEZE/);
    expect(why).toContain('dcachesize');
  });
});

describe('the story for another user', () => {
  it('is the same one: a daemon without a cgroup of its own is paused by signals', async () => {
    if (!isMet(process.getuid?.() === 0, 'root, to become another user')) return;
    const told = await runToEnd(BINARY, ['demo'], { env: environment, uid: 65534, gid: 65534 });
    expect([told.status, told.stderr]).toEqual([0, '']);
    expect(told.stdout).toContain('The wall was never met');
  });
});

describe('the story as JSON', () => {
  it('is one object: paused below the wall, with folders left unwatched, and no charge refused', async () => {
    const ended = await runToEnd(BINARY, ['demo', '--json'], { env: environment });
    const story = JSON.parse(ended.stdout);
    expect([ended.status, story.schema, story.isWallEmulated]).toEqual([0, 'syncguard/demo/1', true]);
    expect(story).toMatchObject({
      directory: null,
      isAsTold: true,
      barrierBytes: 6291456,
      refusal: { status: 75, wasStarted: false },
      start: { isUpToDate: true, watches: 3751 },
      growth: { isPaused: true, refused: 0 },
    });
    const { growth, barrierBytes } = story;
    expect(growth.neededBytes).toBeGreaterThan(barrierBytes);
    expect(growth.highestBytes).toBeLessThan(barrierBytes);
    expect(growth.watches).toBeLessThan(3751 + growth.plantedFolders);
  });
});
