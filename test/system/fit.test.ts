import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Ended, syncguard } from '../support/binary.ts';
import { fitPlace } from '../support/fit-place.ts';

const place = fitPlace({ 'Calibre/Fiction': 400, 'Calibre/Papers': 200, Photos: 20 });
const WIDE = ['-f', place.tableWithBarrier(3_000_000)];
const TABLE = place.tableWithBarrier(1_080_000);
const WALL = ['-f', TABLE];
const { tree, home, config } = place;
const stignore = join(tree, '.stignore');
afterAll(place.remove);
afterEach(() => {
  rmSync(place.journal, { recursive: true, force: true });
  rmSync(stignore, { force: true });
});

const json = ({ stdout }: Ended) => JSON.parse(stdout);
const MINE = '// mine\n!/Calibre/Papers/\n*.tmp\n';

describe('syncguard fit', () => {
  it('says that a tree fits, and plans nothing', () => {
    const ended = place.fit([...WIDE, '--json']);
    expect(ended.status).toBe(0);
    expect(json(ended)).toMatchObject({
      schema: 'syncguard/fit/1',
      outcome: 'fits',
      plan: [],
      after: null,
      now: null,
    });
  });

  it('plans the fewest and smallest folders, and judges the tree without them', () => {
    const ended = place.fit([...WALL, '--json']);
    expect(ended.status).toBe(0);
    const { outcome, before, after, plan, otherMode } = json(ended);
    expect({ outcome, was: before.verdict, willBe: after.verdict, otherMode }).toEqual({
      outcome: 'planned',
      was: 'refuse',
      willBe: 'admit',
      otherMode: 'degrade',
    });
    expect(plan).toHaveLength(1);
    expect(plan[0]).toMatchObject({
      path: join(tree, 'Calibre/Papers'),
      mechanism: '.stignore',
      effect: 'none',
      takes: 'folder',
      applied: null,
      command: `printf '%s\\n' '/Calibre/Papers' "$(cat '${stignore}' 2>/dev/null)" > '${stignore}'`,
    });
    expect(existsSync(stignore)).toBe(false);
    const { plan: estimated } = json(syncguard(['estimate', ...WALL, '--json'], { env: place.environment }));
    expect(Object.keys(estimated[0])).toEqual(['path', 'bytes', 'mechanism', 'effect', 'command', 'warning']);
  });

  it('never plans what the user keeps, by option or by configuration', () => {
    const kept = json(place.fit([...WALL, '--keep', 'Calibre/Papers', '--json']));
    expect(kept.plan.map(({ path }: { path: string }) => path)).toEqual([join(tree, 'Calibre/Fiction')]);
    const file = join(place.path, 'keep.toml');
    writeFileSync(file, 'keep = ["Calibre/"]\n');
    const configured = place.fit([...WALL, '--config', file, '--json']);
    expect(json(configured).plan).toMatchObject([{ path: tree, takes: 'watches', effect: 'none' }]);
    expect(place.fit([...WALL, '--daemon', 'generic', tree, '--keep', 'Calibre/']).status).toBe(75);
  });

  it('names the next command as it can be typed', () => {
    const { stdout } = place.fit([...WALL, '--keep', 'Photos/', '--exclude', "it's"]);
    const words = /^ {2}syncguard (fit .* --apply)$/m.exec(stdout)?.[1] ?? '';
    expect(words).toBe(`fit --exclude 'it'\\''s' --keep Photos/ -f ${TABLE} --apply`);
  });

  it('says 75 where no plan is enough, and what costs most', () => {
    const ended = place.fit(['-f', place.tableWithBarrier(1000), '--keep', '*', '--top', '1']);
    expect(ended.status).toBe(75);
    expect(ended.stdout).toMatch(/^No plan {2}/m);
    expect(ended.stdout.match(/entries, .* directories$/gm)).toHaveLength(1);
  });

  it('takes a recorded table, and tells what Dropbox would do to the files', () => {
    const { status, stdout } = place.fit([tree, '--daemon', 'dropbox', ...WALL]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^Leave out {2}by dropbox exclude add; effect: deletes-local$/m);
    expect(stdout).toMatch(/effect: deletes-remote/);
    expect(stdout).toMatch(/--apply --allow-local-delete$/m);
  });

  it.each([
    [['--undo', '--apply'], 64, '--undo takes back'],
    [['--force'], 64, '--force goes with --undo'],
    [['--allow-local-delete'], 64, 'goes with --apply only'],
    [['--apply', '--sysroot', '/etc'], 64, 'changes this machine'],
    [['--undo'], 66, 'nothing to take back'],
    [['--mode', 'x'], 64, 'Allowed choices are leave-out, degrade'],
  ])('refuses %j in one sentence', (words, status, sentence) => {
    const ended = place.fit(words);
    expect([ended.status, ended.stdout]).toEqual([status, '']);
    expect(ended.stderr).toContain(sentence);
    expect(ended.stderr).toMatch(/^syncguard: .+\nhint: .+\n$/);
  });
});

describe('syncguard fit --apply', () => {
  it('makes it fit, and --undo leaves every byte as it was', () => {
    const real = join(home, 'stignore');
    writeFileSync(real, MINE);
    chmodSync(real, 0o640);
    symlinkSync(real, stignore);
    const applied = place.fit([...WALL, '--apply', '--json']);
    expect(applied.status).toBe(0);
    expect(json(applied)).toMatchObject({
      outcome: 'applied',
      now: { verdict: 'admit' },
      plan: [{ applied: true }],
    });
    expect(lstatSync(stignore).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toMatch(/^\/\/ .*\n\/Calibre\/Papers\n/);
    expect(readFileSync(real, 'utf8').endsWith(MINE)).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(place.fit([...WALL, '--json']).stdout).toContain('"outcome":"fits"');

    const undone = place.fit(['--undo']);
    expect([undone.status, readFileSync(real, 'utf8')]).toEqual([0, MINE]);
    expect(undone.stdout).toContain('nothing is downloaded again');
    expect(place.fit(['--undo']).status).toBe(66);
    rmSync(real);
  });

  it('removes the file again that was not there', () => {
    expect(place.fit([...WALL, '--apply', '-q']).status).toBe(0);
    expect(existsSync(stignore)).toBe(true);
    expect(place.fit(['--undo', '-q']).status).toBe(0);
    expect(existsSync(stignore)).toBe(false);
  });

  it('takes several back one after the other, the newest first', () => {
    writeFileSync(stignore, '*.tmp\n');
    place.fit([...WALL, '--apply', '-q']);
    const once = readFileSync(stignore, 'utf8');
    expect(place.fit(['-f', place.tableWithBarrier(700_000), '--apply', '-q']).status).toBe(0);
    place.fit(['--undo', '-q']);
    expect(readFileSync(stignore, 'utf8')).toBe(once);
    place.fit(['--undo', '-q']);
    expect(readFileSync(stignore, 'utf8')).toBe('*.tmp\n');
  });

  it('is not taken back over what somebody else has written since, unless forced', () => {
    writeFileSync(stignore, '*.tmp\n*.bak\n');
    place.fit([...WALL, '--apply', '-q']);
    const theirs = `${readFileSync(stignore, 'utf8').replace('*.bak\n', '')}*.part\n`;
    writeFileSync(stignore, theirs);
    const refused = place.fit(['--undo']);
    expect([refused.status, readFileSync(stignore, 'utf8')]).toEqual([75, theirs]);
    expect(refused.stdout.replaceAll(/\s+/g, ' ')).toMatch(/3 lines more and 1 line fewer/);
    expect(refused.stdout).toContain('syncguard fit --undo --force');
    expect(place.fit(['--undo', '--force', '-q']).status).toBe(0);
    expect(readFileSync(stignore, 'utf8')).toBe('*.tmp\n*.bak\n');
  });

  it('does nothing where what it does cannot be remembered', () => {
    const ended = place.fit([...WALL, '--apply'], { env: { XDG_STATE_HOME: '/proc/none' } });
    expect([ended.status, existsSync(stignore)]).toEqual([75, false]);
    expect(ended.stdout).toMatch(/not done/);
    expect(ended.stdout).toMatch(/cannot be made/);
  });

  it('leaves a file with several names alone, and rules under which nothing could be left out', () => {
    writeFileSync(join(home, 'other'), '*.tmp\n');
    linkSync(join(home, 'other'), stignore);
    expect(place.fit([...WALL, '--apply']).stdout).toMatch(/has 2 names/);
    rmSync(stignore);
    rmSync(join(home, 'other'));
    writeFileSync(stignore, '!/Photos/**/b\n');
    const ended = place.fit([...WALL, '--apply']);
    expect([ended.status, readFileSync(stignore, 'utf8')]).toEqual([75, '!/Photos/**/b\n']);
    expect(ended.stdout.replaceAll(/\s+/g, ' ')).toContain('Syncthing would still enter Calibre/Papers');
  });

  it('switches a watcher off in config.xml and on again, every other byte as it was', () => {
    const before = readFileSync(config, 'utf8');
    expect(place.fit([...WALL, '--mode', 'degrade', '--apply', '-q']).status).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe(before.replace('Enabled="true" fsW', 'Enabled="false" fsW'));
    expect(place.fit(['--undo', '-q']).status).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe(before);
    place.fit([...WALL, '--mode', 'degrade', '--apply', '-q']);
    // As Syncthing does at its next start.
    writeFileSync(config, readFileSync(config, 'utf8').replace('<!-- mine -->', ''));
    expect(place.fit(['--undo', '-q']).status).toBe(0);
    expect(readFileSync(config, 'utf8')).toBe(before.replace('<!-- mine -->', ''));
    writeFileSync(config, before);
  });
});

describe('what deletes local copies', () => {
  const bin = join(place.path, 'bin');
  const log = join(place.path, 'dropbox.log');
  const dropbox = (status: string): void => {
    mkdirSync(bin, { recursive: true });
    writeFileSync(
      join(bin, 'dropbox'),
      `#!/bin/sh\n[ "$1" = status ] && { echo '${status}'; exit; }\necho "$@" >> '${log}'\n`,
    );
    chmodSync(join(bin, 'dropbox'), 0o755);
  };
  const apply = (...words: string[]): Ended =>
    place.fit([tree, '--daemon', 'dropbox', ...WALL, '--apply', ...words], {
      env: { PATH: `${bin}:${process.env['PATH']}` },
    });

  it('is done only on demand, and only when all is synced', () => {
    dropbox('Up to date');
    expect(apply().stdout.replaceAll(/\s+/g, ' ')).toContain('--allow-local-delete allows that');
    dropbox('Syncing 3 files');
    expect(apply('--allow-local-delete').stdout.replaceAll(/\s+/g, ' ')).toContain(
      'not everything is synced',
    );
    expect(existsSync(log)).toBe(false);
    dropbox('Up to date');
    const { plan, outcome } = json(apply('--allow-local-delete', '--json'));
    expect(plan).toMatchObject([{ applied: true }]);
    // It leaves the copies to Dropbox, which this one does not delete: what is there is still too much.
    expect(outcome).toBe('not-applied');
    const [{ path, entries }] = plan;
    expect(readFileSync(log, 'utf8')).toBe(`exclude add ${path}\n`);
    const undone = place.fit(['--undo'], { env: { PATH: `${bin}:${process.env['PATH']}` } });
    expect(undone.stdout).toContain(`${entries} files and folders are downloaded again`);
    expect(readFileSync(log, 'utf8')).toBe(`exclude add ${path}\nexclude remove ${path}\n`);
  });
});

it('the hint of a refusal asks the same question', () => {
  const refused = syncguard(
    [
      'run',
      '--exclude',
      'Photos',
      '--require',
      'numproc=1',
      '--barrier',
      'numfile=9000',
      '--tree',
      tree,
      '--daemon',
      'syncthing',
      '--',
      'true',
    ],
    { env: { ...place.environment, SYNCGUARD_BEANCOUNTERS: TABLE } },
  );
  expect(refused.status).toBe(75);
  const hint = /^hint: syncguard (fit .*)$/m.exec(refused.stderr)?.[1] ?? '';
  expect(hint).toMatch(
    /^fit --daemon syncthing --exclude Photos --barrier numfile=9000 --require numproc=1 -f /,
  );
  const { outcome, plan } = json(syncguard([...hint.split(' '), '--json'], { env: place.environment }));
  expect([outcome, plan[0].path]).toEqual(['planned', join(tree, 'Calibre/Papers')]);
});
