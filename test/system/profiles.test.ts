import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROFILES } from '../../src/profiles/index.ts';
import { PROFILE_SCHEMA } from '../../src/profiles/profile-schema.ts';
import { type Ended, ROOT, syncguard } from '../support/binary.ts';
import { daemonStage, rootsOf, until } from '../support/daemon-trees.ts';
import { schemaTroubles } from '../support/json-schema.ts';
import { hasProgram, isMet } from '../support/need.ts';

const { place, children } = daemonStage();
const home = join(place, 'home of ann');

function write(path: string, text: string | Buffer): string {
  const full = join(place, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const run = (args: readonly string[], env: Record<string, string> = {}): Ended =>
  syncguard(args, { env: { HOME: home, XDG_STATE_HOME: join(place, 'state'), ...env } });
const json = ({ stdout }: Ended) => JSON.parse(stdout);

describe('syncguard profiles', () => {
  it('lists every profile in lines that can be read', () => {
    const { stdout, status } = run(['profiles']);
    expect(status).toBe(0);
    for (const { id, title } of PROFILES)
      expect(stdout).toMatch(new RegExp(`^  ${id} +${title.slice(0, 5)}`, 'm'));
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('prints the schema that its JSON keeps', () => {
    expect(JSON.parse(run(['profiles', '--schema']).stdout)).toEqual(PROFILE_SCHEMA);
    const { schema, profiles } = json(run(['profiles', '--json']));
    expect(schema).toBe('syncguard/profiles/1');
    expect(profiles).toHaveLength(PROFILES.length);
    for (const { profile } of profiles) expect(schemaTroubles(profile, PROFILE_SCHEMA)).toEqual([]);
  });

  it.each(PROFILES.map(({ id }) => id))('explains %s: each number with its source, each line short', (id) => {
    const { stdout, status } = run(['profiles', id]);
    expect(status).toBe(0);
    const words = stdout.replace(/\s+/g, ' ');
    const { cost, evidence } = PROFILES.find((profile) => profile.id === id)!;
    for (const line of [...evidence, cost.rssPerFileBytes.source, cost.tasks.source])
      expect(words).toContain(line);
    expect(stdout.split('\n').filter((line) => line.length > 100 && !line.includes('/'))).toEqual([]);
  });

  it('says what the configuration changed, and where', () => {
    const config = write('c.toml', '[daemon.seafile]\nprunes_watch = true\nrss_base = "40M"\n');
    const { stdout } = run(['profiles', 'seafile', '--config', config]);
    expect(stdout).toMatch(/memory, empty +40\.0 MiB +15% +configured +the configuration/);
    expect(stdout).toContain(`rss_base      ${config}:3`);
    const [{ overrides }] = json(run(['profiles', 'seafile', '--config', config, '--json'])).profiles;
    expect(overrides).toEqual([
      { key: 'prunes_watch', origin: `${config}:2` },
      { key: 'rss_base', origin: `${config}:3` },
    ]);
  });

  it('names the trees of a recorded machine, and which are paused', () => {
    const sysroot = join(ROOT, 'fixtures/daemons/nextcloud');
    const [{ roots }] = json(
      run(['profiles', 'nextcloud', '--sysroot', sysroot, '--json'], { HOME: '/home/user' }),
    ).profiles;
    expect(roots.map(({ path, paused }: { path: string; paused: boolean }) => [path, paused])).toEqual([
      ['/home/user/Nextcloud', false],
      ['/srv/books, scans', true],
      ['/home/user/Bücher → Archiv', false],
    ]);
  });

  it('calls inferred what was measured on another generation of the daemon', () => {
    const path = (version: number) => `machine${version}/home/user/.config/syncthing/config.xml`;
    const explained = (version: number): string => {
      write(path(version), `<configuration version="${version}"><folder id="f" path="/f"/></configuration>`);
      const sysroot = join(place, `machine${version}`);
      return run(['profiles', 'syncthing', '--sysroot', sysroot], { HOME: '/home/user' }).stdout;
    };
    expect(explained(37)).toMatch(/memory a file +2\.1 KiB +25% +measured/);
    expect(explained(51)).toMatch(/memory a file +2\.1 KiB +60% +inferred +of 1\.19\.2: /);
    expect(explained(51).replace(/\s+/g, ' ')).toContain('has version 51: a Syncthing after 1.x');
  });

  it('asked for one that does not exist names the nearest', () => {
    const { stderr, status } = run(['profiles', 'seafle']);
    expect(status).toBe(64);
    expect(stderr).toMatch(
      /There is no daemon profile seafle;.*\nhint: did you mean syncguard profiles seafile\?/,
    );
  });
});

describe('estimate without TREE', () => {
  it('counts the trees of every daemon whose configuration is here, each by its own profile', () => {
    for (const name of ['One Drive', 'unison', 'maestral'])
      for (const leaf of ['1', '2/3']) write(`trees/${name}/${leaf}`, '');
    write('home of ann/.config/onedrive/config', `sync_dir = "${place}/trees/One Drive"\n`);
    write('home of ann/.unison/books.prf', `root = ${place}/trees/unison\nroot = ssh://nas//books\n`);
    write('home of ann/.config/maestral/maestral.ini', `[sync]\npath = ${place}/trees/maestral\n`);
    const { roots, profile } = json(run(['estimate', '--json']));
    expect(roots.map(({ path, daemon }: { path: string; daemon: string }) => [path, daemon])).toEqual([
      [`${place}/trees/maestral`, 'maestral'],
      [`${place}/trees/One Drive`, 'onedrive'],
      [`${place}/trees/unison`, 'unison'],
    ]);
    expect(profile).toBeDefined();
  });

  it('says what to type where no file tells a daemon its trees', () => {
    const { stderr, status } = run(['estimate', '--daemon', 'mega']);
    expect(status).toBe(66);
    expect(stderr).toMatch(/nothing tells which tree MEGAcmd.*\nhint: mega-sync shows them/);
  });
});

describe('a daemon that watches what it ignores', () => {
  it('is counted with every folder, and without the files it ignores', () => {
    for (const leaf of ['a/1', 'a/cache/2', 'a/cache/deep/3']) write(`watched/${leaf}`, '');
    const lua = `sync { default.rsync, source = "${place}/watched", target = "/t", exclude = { "cache" } }\n`;
    write('etc/lsyncd.conf', lua);
    const tree = `${place}/watched`;
    const count = (config: string) => {
      const asked = [
        'estimate',
        tree,
        '--daemon',
        'lsyncd',
        '--sysroot',
        place,
        '--platform',
        'host',
        '--json',
      ];
      const { census } = json(run([...asked, '--config', write('c.toml', config)]));
      return [census.files, census.directories];
    };
    expect(count('')).toEqual([1, 2]);
    expect(count('[daemon.lsyncd]\nprunes_watch = false\n')).toEqual([1, 4]);
    expect(count('[daemon.lsyncd]\nprunes_scan = false\n')).toEqual([3, 4]);
  });
});

describe('the daemons themselves', () => {
  const hasOnedrive = isMet(hasProgram('onedrive'), 'onedrive tells its sync_dir: apt-get install onedrive');

  it.runIf(hasOnedrive)('onedrive says the same of its folder', () => {
    const texts = [
      '',
      'sync_dir = "~/My Drive"\n',
      '# x\nsync_dir="/a"\n sync_dir = "/b"  \n',
      'skip_dir = "a|b"\n',
    ];
    for (const [index, text] of texts.entries()) {
      const directory = dirname(write(`od${index}/config`, text));
      const told = execFileSync('onedrive', ['--display-config', `--confdir=${directory}`], {
        env: { ...process.env, HOME: home },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const theirs = /^Config option 'sync_dir' += (.*)$/m.exec(told)?.[1];
      const [ours] = rootsOf('onedrive', { home, argv: ['onedrive', `--confdir=${directory}`] });
      expect(ours?.path, text).toBe(theirs);
    }
  });

  const hasLsyncd = isMet(
    hasProgram('lsyncd') && hasProgram('rsync'),
    'lsyncd computes its sources: apt-get install lsyncd rsync',
  );

  it.runIf(hasLsyncd)('lsyncd writes down the sources that only Lua knows', async () => {
    for (const name of ['x', 'y z']) write(`sources/${name}/1`, '');
    mkdirSync(join(place, 'targets'));
    const config = write(
      'computed.lua',
      `settings { statusFile = "${place}/status", statusInterval = 1, nodaemon = true }
for _, name in ipairs({ "x", "y z" }) do
  sync { default.rsync, source = "${place}/sources/" .. name, target = "${place}/targets/" .. name }
end
`,
    );
    const child = spawn('lsyncd', [config], { stdio: 'ignore' });
    children.push(child);
    const status = join(place, 'status');
    await until(
      'its status file',
      () => existsSync(status) && readFileSync(status, 'utf8').includes('Sync2'),
    );
    const roots = rootsOf('lsyncd', { home, argv: ['lsyncd', config] });
    expect(roots.map(({ path }) => path)).toEqual([`${place}/sources/x`, `${place}/sources/y z`]);
  });
});
