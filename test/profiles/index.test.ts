import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Figure, Profile } from '../../src/domain/profile.ts';
import { overrideProfile } from '../../src/domain/profile-override.ts';
import {
  allProfiles,
  findProfile,
  PROFILES,
  recogniseCommand,
  unwrapCommand,
} from '../../src/profiles/index.ts';
import { findInstalled } from '../../src/profiles/installed.ts';

const profile = (id: string): Profile => {
  const found = PROFILES.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};

const figuresOf = ({ cost }: Profile): Figure[] =>
  Object.values(cost).filter((value): value is Figure => typeof value === 'object');

describe('profiles', () => {
  it('have ids of their own', () => {
    expect(new Set(PROFILES.map(({ id }) => id)).size).toBe(PROFILES.length);
  });

  it('say where they come from, and no number is exact unless it is nothing by design', () => {
    for (const each of PROFILES) {
      expect(each.evidence.length, each.id).toBeGreaterThan(0);
      for (const figure of figuresOf(each)) {
        expect(figure.value, each.id).toBeGreaterThanOrEqual(0);
        expect(figure.source, each.id).not.toBe('');
        if (figure.evidence === 'measured' || figure.evidence === 'reported')
          expect(figure.errorPercent).toBeGreaterThan(0);
      }
    }
  });

  it('a watching daemon names what it watches, and any other watches nothing', () => {
    for (const each of PROFILES) {
      expect(each.watch.api !== 'none', each.id).toBe(each.kind === 'watcher');
      expect(each.watch.per !== 'none', each.id).toBe(each.kind === 'watcher');
    }
  });

  it('a mechanism that deletes says so, and the first one named is never worse than a later one', () => {
    const harm = ['none', 'needs-resync', 'deletes-local', 'deletes-remote'];
    for (const { leaveOut, id } of PROFILES) {
      const harms = leaveOut.map(({ effect }) => harm.indexOf(effect));
      expect(harms, id).toEqual(harms.toSorted((a, b) => a - b));
      for (const { effect, consequence } of leaveOut)
        if (effect.startsWith('deletes')) expect(consequence, id).toMatch(/deleted/);
    }
    expect(profile('dropbox').leaveOut.map(({ effect }) => effect)).toEqual([
      'deletes-local',
      'deletes-remote',
    ]);
  });

  it('only what changes nothing for the files, or only here, is ever done without being typed', () => {
    const done = PROFILES.flatMap(({ leaveOut }) => leaveOut).filter(({ means }) => means.kind !== 'printed');
    expect([...new Set(done.map(({ effect }) => effect))].sort()).toEqual(['deletes-local', 'none']);
  });
});

describe('a profile is found', () => {
  it('by its id', () => {
    expect(findProfile('syncthing', {})).toEqual({ ok: true, value: profile('syncthing') });
  });

  it('or it is named with all that are known', () => {
    const found = findProfile('synthing', { mine: {} });
    expect(found.ok).toBe(false);
    if (!found.ok) expect(found.error.known).toEqual([...PROFILES.map(({ id }) => id), 'mine']);
  });

  it('never by a name every object has', () => {
    expect(findProfile('constructor', {}).ok).toBe(false);
  });

  it('as the configuration changes it, and the changed figure says so', () => {
    const found = findProfile('syncthing', { syncthing: { rssBaseBytes: 1e6 } });
    expect(found.ok && found.value.cost.rssBaseBytes).toMatchObject({ value: 1e6, evidence: 'configured' });
    expect(found.ok && found.value.cost.rssPerFileBytes).toEqual(profile('syncthing').cost.rssPerFileBytes);
  });

  it('or as the configuration makes it, like another or like any daemon', () => {
    const overrides = { mine: { like: 'lsyncd', names: ['mined'] }, other: { tasks: 3 } };
    const mine = findProfile('mine', overrides);
    expect(mine.ok && [mine.value.id, mine.value.ignore]).toEqual(['mine', 'lsyncd-exclude']);
    const other = findProfile('other', overrides);
    expect(other.ok && other.value.cost.rssBaseBytes).toEqual(profile('generic').cost.rssBaseBytes);
    expect(recogniseCommand(['mined'], allProfiles(overrides))?.id).toBe('mine');
  });

  it('unless it is to be like one that does not exist', () => {
    expect(findProfile('mine', { mine: { like: 'nobody' } })).toMatchObject({
      ok: false,
      error: {
        id: 'nobody',
        sentence: expect.stringMatching(/^There is no .* nobody, which daemon\.mine is/),
      },
    });
  });
});

describe('overriding', () => {
  it('with nothing said changes nothing', () => {
    expect(overrideProfile(profile('dropbox'), { like: 'generic' })).toBe(profile('dropbox'));
  });

  it('reaches every part of a profile', () => {
    const changed = overrideProfile(profile('dropbox'), {
      names: ['d'],
      watchPer: 'entry',
      watchInstances: 3,
      scanAtStart: 'names-only',
      sides: 2,
      enomemSafe: true,
      termSafe: 'idle-only',
      prunesWatch: false,
    });
    expect(changed).toMatchObject({
      match: { names: ['d'], installPaths: profile('dropbox').match.installPaths },
      watch: { api: 'inotify', per: 'entry', instances: 3 },
      scan: { atStart: 'names-only', touchesIgnoredLeaves: true },
      cost: { sides: 2 },
      enomemSafe: true,
      stop: { termSafe: 'idle-only', killSafe: true, evidence: 'configured' },
      prunesWatch: false,
      prunesScan: true,
    });
    expect(changed.evidence.at(-1)).toMatch(/configuration/);
  });
});

describe('a command is recognised', () => {
  const known: readonly (readonly [string, string | null])[] = [
    ['syncthing serve --no-browser', 'syncthing'],
    ['/usr/local/bin/syncthing', 'syncthing'],
    ['/home/u/.dropbox-dist/dropboxd', 'dropbox'],
    ['lsyncd -nodaemon /etc/lsyncd.conf', 'lsyncd'],
    ['rclone sync /a b:', 'rclone'],
    ['rclone --transfers 4 copy /a b:', 'rclone'],
    ['rclone bisync /a b:', 'rclone-bisync'],
    ['rclone mount b: /mnt', 'rclone-mount'],
    ['rclone version', null],
    ['env STNORESTART=1 -u HOME syncthing', 'syncthing'],
    ['nice -n 5 ionice -c3 env A=b rclone bisync /a /b', 'rclone-bisync'],
    ['nice -- lsyncd x', 'lsyncd'],
    ['nohup', null],
    ['env', null],
    ['bash -c syncthing', 'syncthing'],
    ['syncthing2', null],
    ['', null],
  ];

  it.each(known)('%s is %s', (line, id) => {
    expect(recogniseCommand(line === '' ? [] : line.split(' '), PROFILES)?.id ?? null).toBe(id);
  });

  it('behind its prefixes, whose values are not taken for it', () => {
    expect(unwrapCommand(['nice', '-n', '5', 'env', '-u', 'syncthing', 'X=1', 'lsyncd', 'c'])).toEqual([
      'lsyncd',
      'c',
    ]);
  });
});

describe('an installed program', () => {
  const home = mkdtempSync(join(tmpdir(), 'syncguard home (1) [a]-'));
  afterAll(() => rmSync(home, { recursive: true }));

  it('is found below its install paths, the launcher first and then the newest version', () => {
    const paths = ['dropbox-lnx.x86_64-199.1/dropboxd', 'dropbox-lnx.x86_64-200.4/dropboxd', 'dropboxd'];
    for (const path of paths) {
      const full = join(home, '.dropbox-dist', path);
      mkdirSync(join(full, '..'), { recursive: true });
      writeFileSync(full, '');
    }
    expect(findInstalled(profile('dropbox'), home)).toEqual(
      [paths[2], paths[1], paths[0]].map((path) => join(home, '.dropbox-dist', path ?? '')),
    );
  });

  it('is not found where there is none', () => {
    expect(findInstalled(profile('dropbox'), join(home, 'nowhere'))).toEqual([]);
    expect(findInstalled(profile('syncthing'), home)).toEqual([]);
  });
});
