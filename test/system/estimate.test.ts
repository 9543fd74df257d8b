import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, ROOT, syncguard } from '../support/binary.ts';

const ORIGIN = join(ROOT, 'fixtures/beancounters/028stab-x86_64-origin-1and1-2012-05.txt');
let scratch = '';
let tree = '';

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'syncguard-estimate-'));
  chmodSync(scratch, 0o755);
  tree = join(scratch, 'Dropbox');
  for (let author = 0; author < 100; author += 1) {
    for (let book = 0; book < 40; book += 1)
      mkdirSync(join(tree, 'Calibre', `Author ${author}`, `Book ${book}`), { recursive: true });
  }
  mkdirSync(join(tree, 'notes'));
  for (const name of ['a', 'b', 'c']) writeFileSync(join(tree, 'notes', name), '');
  symlinkSync('/', join(tree, 'notes', 'everything'));
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const json = ({ stdout }: Ended) => JSON.parse(stdout);

describe('syncguard estimate', () => {
  it('counts by names alone and says what it counted', () => {
    const ended = syncguard(['estimate', tree, '--json']);
    expect(ended.status).toBe(0);
    expect(json(ended)).toMatchObject({
      schema: 'syncguard/estimate/1',
      census: { files: 3, directories: 4103, symlinks: 1, other: 0, unreadable: 0, complete: true },
      verdict: 'admit',
    });
  });

  it('refuses the tree of 2012 against the table of 2012, names dcachesize, and says what to leave out', () => {
    const ended = syncguard(['estimate', tree, '-f', ORIGIN, '--daemon', 'dropbox', '--json']);
    expect(ended.status).toBe(75);
    const { binding, verdict, sentence, plan, contributors, platform } = json(ended);
    expect({ binding, verdict, platform: platform.id }).toEqual({
      binding: 'dcachesize',
      verdict: 'refuse',
      platform: 'openvz-028',
    });
    expect(sentence).toContain('3.0 MiB barrier');
    expect(contributors[0]).toMatchObject({ path: join(tree, 'Calibre'), directories: 4101 });
    expect(plan).not.toHaveLength(0);
    expect(plan[0]).toMatchObject({ mechanism: 'dropbox exclude add', effect: 'deletes-local' });
  });

  it('fits once what the plan names is excluded', () => {
    const first = json(syncguard(['estimate', tree, '-f', ORIGIN, '--daemon', 'dropbox', '--json']));
    const excludes = first.plan.flatMap(({ path }: { path: string }) => [
      '--exclude',
      path.slice(tree.length),
    ]);
    const second = syncguard(['estimate', tree, '-f', ORIGIN, '--daemon', 'dropbox', ...excludes]);
    expect(second.status).toBe(0);
  });

  it('reads the table from standard input', () => {
    expect(syncguard(['estimate', tree, '-f', '-'], { input: readFileSync(ORIGIN, 'latin1') }).status).toBe(
      75,
    );
  });

  it('judges a recorded machine, and a tree nobody has yet', () => {
    const host = join(ROOT, 'fixtures/hosts/openvz-028-2012');
    const ended = syncguard([
      'estimate',
      tree,
      '--expect',
      'files=18000,directories=7501',
      '--daemon',
      'syncthing',
      '--sysroot',
      host,
      '--json',
    ]);
    expect(ended.status).toBe(75);
    expect(json(ended)).toMatchObject({
      census: { files: 18_000, directories: 7501, engine: 'expected' },
      binding: 'dcachesize',
    });
  });

  it('the gate stops at the wall: a tree four times as large is not counted further', () => {
    const visited = [5000, 20_000].map((count) => {
      const folder = join(scratch, `library-${count}`);
      for (let index = 0; index < count; index += 1)
        mkdirSync(join(folder, `a${index % 50}`, `b${index}`), { recursive: true });
      const args = ['--gate', '--daemon', 'syncthing', '--barrier', 'dcachesize=3145728', '--json'];
      const ended = syncguard(['estimate', folder, ...args]);
      expect(ended.status).toBe(75);
      expect(json(ended)).toMatchObject({ census: { complete: false }, plan: null });
      return json(ended).census.visitedDirectories;
    });
    expect(Math.abs(visited[1] - visited[0])).toBeLessThanOrEqual(512);
    expect(visited[1]).toBeLessThan(5000);
  });

  it('a what-if barrier judges, and prints back what it was taken for', () => {
    const ended = syncguard(['estimate', tree, '--barrier', 'inotify_watches=4096', '--daemon', 'syncthing']);
    expect(ended.status).toBe(75);
    expect(ended.stdout).toMatch(/inotify_watches.*4,096/);
    expect(ended.stdout).toContain('what-if');
  });

  it('prints no escape sequence into a pipe, and at most 100 columns where nothing is long', () => {
    const { stdout } = syncguard(['estimate', tree]);
    expect(stdout).not.toContain('\u001b');
    const prose = stdout.split('\n').filter((line) => !line.includes(tree));
    expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(syncguard(['estimate', tree, '--color', 'always']).stdout).toContain('\u001b[');
    expect(
      syncguard(['estimate', tree, '--color', 'auto'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout,
    ).not.toContain('\u001b');
  });

  it('a name that would command the terminal is shown as escapes', () => {
    const hostile = join(scratch, 'hostile');
    mkdirSync(join(hostile, 'evil\u001b[2Jname'), { recursive: true });
    const { stdout } = syncguard(['estimate', hostile]);
    expect(stdout).toContain('evil\\x1b[2Jname');
  });

  it('an unreadable folder makes the count a lower bound; --strict makes it an error', () => {
    const locked = join(scratch, 'locked');
    mkdirSync(join(locked, 'secret'), { recursive: true });
    chmodSync(locked, 0o755);
    chmodSync(join(locked, 'secret'), 0o700);
    const lax = syncguard(['estimate', locked, '--json'], { uid: 65_534 });
    expect([lax.status, json(lax).census.unreadable, json(lax).census.complete]).toEqual([0, 1, false]);
    expect(json(lax).census.unreadableExamples[0]).toEqual({ path: join(locked, 'secret'), errno: 'EACCES' });
    expect(syncguard(['estimate', locked, '--strict'], { uid: 65_534 }).status).toBe(65);
  });
});

interface BadInput {
  readonly title: string;
  readonly args: () => string[];
  readonly status: number;
  /** Words of the one sentence: what failed, on what, what was found. */
  readonly says: RegExp;
  readonly hint: RegExp;
  readonly uid?: number;
}

const file = (name: string, text: string): string => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};

const BAD: readonly BadInput[] = [
  {
    title: 'a tree that is not there',
    args: () => ['estimate', '/no/such/tree'],
    status: 66,
    says: /no \/no\/such\/tree/,
    hint: /ls -ld/,
  },
  {
    title: 'a tree that is a file',
    args: () => ['estimate', '/etc/passwd'],
    status: 66,
    says: /\/etc\/passwd is not a folder/,
    hint: /folder/,
  },
  {
    title: 'a root that may not be read',
    args: () => {
      const path = join(scratch, 'private');
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return ['estimate', path];
    },
    uid: 65_534,
    status: 77,
    says: /private may not be read \(EACCES\)/,
    hint: /sudo -u/,
  },
  {
    title: 'an unknown option',
    args: () => ['estimate', '--exlude', 'x', tree],
    status: 64,
    says: /--exlude/,
    hint: /--help/,
  },
  {
    title: 'an unknown command',
    args: () => ['estmate', tree],
    status: 64,
    says: /no command estmate/,
    hint: /did you mean syncguard estimate/,
  },
  {
    title: 'an unknown profile',
    args: () => ['estimate', '--daemon', 'dropbx', tree],
    status: 64,
    says: /profile dropbx.*dropbox, syncthing/,
    hint: /--daemon/,
  },
  {
    title: 'an unknown resource',
    args: () => ['estimate', '--barrier', 'dcachesiz=3M', tree],
    status: 64,
    says: /no resource dcachesiz/,
    hint: /dcachesize=3M/,
  },
  {
    title: 'an ambiguous size',
    args: () => ['estimate', '--barrier', 'dcachesize=3MB', tree],
    status: 64,
    says: /3MB could mean/,
    hint: /dcachesize=64M/,
  },
  {
    title: 'a size of items',
    args: () => ['estimate', '--barrier', 'numproc=3M', tree],
    status: 64,
    says: /3M is not a number of items/,
    hint: /numproc=8192/,
  },
  {
    title: 'a count that is none',
    args: () => ['estimate', '--expect', 'files=many', tree],
    status: 64,
    says: /files=many/,
    hint: /--expect files=/,
  },
  {
    title: 'an unknown platform',
    args: () => ['estimate', '--platform', 'cgroup3', tree],
    status: 64,
    says: /cgroup3.*openvz-028/,
    hint: /cgroup2|cgroup1/,
  },
  {
    title: 'somebody that is not',
    args: () => ['estimate', '--for', 'unit:nosuchunit', tree],
    status: 66,
    says: /unit:nosuchunit/,
    hint: /systemctl status/,
  },
  {
    title: 'a process that is not there',
    args: () => ['estimate', '--for', 'pid:4194305', tree],
    status: 66,
    says: /pid:4194305: there is no such process/,
    hint: /pgrep/,
  },
  {
    title: 'a cgroup that is not there',
    args: () => ['limits', '--for', 'cgroup:/no/such'],
    status: 66,
    says: /cgroup:\/no\/such: there is no such cgroup/,
    hint: /systemd-cgls/,
  },
  {
    title: 'a table that is not there',
    args: () => ['estimate', '-f', '/no/table', tree],
    status: 66,
    says: /\/no\/table could not be read \(ENOENT\)/,
    hint: /beancounter table/,
  },
  {
    title: 'a table that is none',
    args: () => ['estimate', '-f', '/etc/passwd', tree],
    status: 65,
    says: /\/etc\/passwd is not a beancounter table/,
    hint: /cat \/proc\/user_beancounters/,
  },
  {
    title: 'a configuration that is not there',
    args: () => ['estimate', '--config', '/no/config.toml', tree],
    status: 78,
    says: /\/no\/config.toml/,
    hint: /./,
  },
  {
    title: 'a configuration with an unknown key',
    args: () => ['estimate', '--config', file('typo.toml', 'stop_at = "95%"\nthrotle_at = "80%"\n'), tree],
    status: 78,
    says: /typo\.toml.*2.*throtle_at.*throttle_at/,
    hint: /typo\.toml/,
  },
  {
    title: 'a configuration with a bad size',
    args: () => ['estimate', '--config', file('size.toml', '[barriers]\ndcachesize = "3 MB"\n'), tree],
    status: 78,
    says: /size\.toml.*3 ?MB/,
    hint: /size\.toml/,
  },
  {
    title: 'a configuration that is not TOML',
    args: () => ['estimate', '--config', file('broken.toml', 'stop_at = \n'), tree],
    status: 78,
    says: /broken\.toml.*1/,
    hint: /broken\.toml/,
  },
];

describe('bad input is one sentence and the next command', () => {
  it.each(BAD)('$title', ({ args, status, says, hint, uid }) => {
    const ended = syncguard(args(), uid === undefined ? {} : { uid });
    const [sentence = '', next = '', ...more] = ended.stderr.split('\n');
    expect({ status: ended.status, stdout: ended.stdout, more }).toEqual({ status, stdout: '', more: [''] });
    expect(sentence).toMatch(/^syncguard: /);
    expect(sentence).toMatch(says);
    expect(next).toMatch(/^hint: /);
    expect(next).toMatch(hint);
  });

  it('a table truncated anywhere is refused as truncated, or is whole', () => {
    const text = readFileSync(ORIGIN, 'latin1');
    const cuts = Array.from({ length: 40 }, (_, index) => Math.floor((text.length * index) / 40));
    for (const cut of cuts) {
      const ended = syncguard(['estimate', '-f', '-', tree], { input: text.slice(0, cut) });
      expect({ cut, status: ended.status }).toEqual({ cut, status: 65 });
      expect(ended.stderr).toMatch(/is not a beancounter table: line \d+/);
    }
  });

  it('a sync root on a filesystem that the model does not know is projected as the dearest one, with a wider error', () => {
    const ended = syncguard(['estimate', '/proc/self/net', '--json']);
    expect(ended.status).toBe(0);
    const { roots, costs } = json(ended);
    expect(roots[0].filesystem).toBe('proc');
    expect(costs.touched.high).toBeGreaterThan(costs.touched.expected * 1.1);
  });
});

describe('syncguard limits', () => {
  it('prints every row of a table with human units, and all 18 live rows of the origin', () => {
    const { status, stdout } = syncguard(['limits', '-f', ORIGIN]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/dcachesize\s+385\.1 KiB\s+388\.8 KiB\s+3\.0 MiB\s+3\.3 MiB\s+625,106,375/);
  });

  it('keeps counters exact in JSON', () => {
    const reading = json(syncguard(['limits', '-f', ORIGIN, '--json', 'dcachesize']));
    expect(reading.subjects[0].resources).toHaveLength(1);
    expect(reading.subjects[0].resources[0]).toMatchObject({
      held: 394_380,
      failcnt: 625_106_375,
      barrier: 3_145_728,
    });
  });

  it('says what grew since it last looked, and forgets nothing to a damaged memory', () => {
    const env = { XDG_STATE_HOME: join(scratch, 'state') };
    expect(syncguard(['limits'], { env }).stdout).not.toContain('since');
    expect(syncguard(['limits'], { env }).stdout).toMatch(/\+ and - since 20\d\d-/);
    writeFileSync(
      join(scratch, 'state/syncguard/limits.json'),
      '{"schema":"syncguard/limits-memory/1","at":"x","counters":{"a":1',
    );
    expect(syncguard(['limits'], { env })).toMatchObject({ status: 0, stderr: '' });
  });

  it('shows every container of a host', () => {
    const host = join(ROOT, 'fixtures/hosts/openvz-042-2012-host');
    const { stdout, status } = syncguard(['limits', '--host', '--sysroot', host]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/container 101/);
    expect(stdout).toMatch(/container 0/);
  });

  it('is never red for a 042stab container whose cache fills its limit', () => {
    const host = join(ROOT, 'fixtures/hosts/openvz-042-2012-after-kill');
    const { stdout } = syncguard(['limits', '--sysroot', host, '--color', 'always', 'dcachesize']);
    expect(stdout).not.toContain('\u001b[31m');
  });
});

describe('syncguard doctor', () => {
  it('says what it sees and ends by its worst finding', () => {
    const ended = syncguard(['doctor', '--json']);
    const { schema, checks } = json(ended);
    expect(schema).toBe('syncguard/doctor/1');
    const worst = checks.some(({ status }: { status: string }) => status === 'fail')
      ? 2
      : checks.some(({ status }: { status: string }) => status === 'warn')
        ? 1
        : 0;
    expect(ended.status).toBe(worst);
    for (const check of checks.filter(({ status }: { status: string }) => status === 'fail'))
      expect(check.command).not.toBe('');
  });

  it('fails where the beancounter file is denied, and names the command', () => {
    const host = join(scratch, 'denied-host');
    mkdirSync(join(host, 'proc/vz'), { recursive: true });
    mkdirSync(join(host, 'proc/sys/kernel'), { recursive: true });
    writeFileSync(join(host, 'proc/sys/kernel/osrelease'), '2.6.32-042stab090.5\n');
    writeFileSync(join(host, 'proc/user_beancounters'), '', { mode: 0o000 });
    for (const path of [host, join(host, 'proc'), join(host, 'proc/vz')]) chmodSync(path, 0o755);
    const ended = syncguard(['doctor', '--sysroot', host], { uid: 65_534 });
    expect(ended.status).toBe(2);
    expect(ended.stdout).toMatch(/user_beancounters denied/);
    expect(ended.stdout).toMatch(/mend: sudo syncguard doctor/);
  });
});
