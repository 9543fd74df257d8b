import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { readSettings, type SettingsRead, type SettingsTrouble } from '../../src/settings/settings-file.ts';

let machine = '';
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), 'syncguard-settings-'));
});
afterEach(() => rmSync(machine, { recursive: true }));

function write(path: string, text: string): string {
  const full = join(machine, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  return full;
}

const read = (env: Record<string, string> = {}) =>
  readSettings({ explicitFile: null, env, sysroot: machine });

function settled(result: ReturnType<typeof readSettings>): SettingsRead {
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
}

function troubled(text: string): SettingsTrouble {
  const explicitFile = write('c.toml', text);
  const result = readSettings({ explicitFile, env: {} });
  if (result.ok) throw new Error(`accepted: ${text}`);
  expect(result.error.file).toBe(explicitFile);
  return { ...result.error, reason: result.error.reason.replace(explicitFile, 'FILE') };
}

describe('settings', () => {
  it('without any file are the defaults', () => {
    const { settings, files, origins } = settled(read());
    expect(settings).toEqual(DEFAULT_SETTINGS);
    expect(files).toEqual([]);
    expect(origins['stop_at']).toBe('default');
  });

  it('are read in their own units', () => {
    write(
      'etc/syncguard/config.toml',
      `throttle_at = "80%"
on_refuse = "wait"
exclude = ["*.tmp", "cache/"]

[barriers]
dcachesize = "3M"
numproc = 120
shmpages = "72M"

[daemon.syncthing]
trees = ["/srv/books"]
rss_base = "64M"
rss_per_file = 900

[daemon.mine]
like = "lsyncd"
names = ["mined"]
watch_per = "entry"
`,
    );
    const { settings } = settled(read());
    expect(settings).toMatchObject({
      throttleAt: 0.8,
      pauseAt: 0.9,
      onRefuse: 'wait',
      exclude: ['*.tmp', 'cache/'],
    });
    expect(settings.barriers).toEqual({ dcachesize: 3 * 2 ** 20, numproc: 120, shmpages: 18432 });
    expect(settings.trees).toEqual({ syncthing: ['/srv/books'] });
    expect(settings.profiles).toEqual({
      syncthing: { rssBaseBytes: 64 * 2 ** 20, rssPerFileBytes: 900 },
      mine: { like: 'lsyncd', names: ['mined'], watchPer: 'entry' },
    });
  });

  it('of the service are over the user, of the user over the machine, drop-ins over their config.toml, in order', () => {
    const env = { HOME: '/home/u', CONFIGURATION_DIRECTORY: '/etc/other:/etc/own' };
    write('etc/syncguard/config.toml', 'on_refuse = "wait"\nstop_at = "99%"\npause_at = "91%"\n');
    write('home/u/.config/syncguard/config.toml', 'stop_at = "98%"\n');
    write('home/u/.config/syncguard/conf.d/20.toml', 'stop_at = "96%"\n');
    write('home/u/.config/syncguard/conf.d/10.toml', 'stop_at = "97%"\n');
    write('home/u/.config/syncguard/conf.d/.hidden.toml', 'nonsense');
    write('home/u/.config/syncguard/conf.d/README', 'nonsense');
    write('etc/own/config.toml', 'on_refuse = "degrade"\n');
    const { settings, origins, files } = settled(read(env));
    expect(settings).toMatchObject({ stopAt: 0.96, pauseAt: 0.91, onRefuse: 'degrade' });
    expect(origins['stop_at']).toBe(join(machine, 'home/u/.config/syncguard/conf.d/20.toml:1'));
    expect(origins['pause_at']).toBe(join(machine, 'etc/syncguard/config.toml:3'));
    expect(files).toHaveLength(5);
    expect(settled(read({ ...env, XDG_CONFIG_HOME: '/elsewhere' })).settings.stopAt).toBe(0.99);
  });

  it('of one daemon merge key by key over several files', () => {
    write(
      'etc/syncguard/config.toml',
      '[daemon.dropbox]\nrss_base = "1M"\ntasks = 5\n[barriers]\nmemory = "1G"',
    );
    write('etc/syncguard/conf.d/a.toml', '[daemon.dropbox]\ntasks = 6\n[barriers]\npids = 9');
    const { settings, origins } = settled(read());
    expect(settings.profiles).toEqual({ dropbox: { rssBaseBytes: 2 ** 20, tasks: 6 } });
    expect(settings.barriers).toEqual({ memory: 2 ** 30, pids: 9 });
    expect(origins['daemon.dropbox.tasks']).toMatch(/a\.toml:2$/);
  });

  it('named by --config are that file alone, and it must exist', () => {
    write('etc/syncguard/config.toml', 'on_refuse = "wait"');
    const explicitFile = write('mine.toml', 'on_unknown = "refuse"');
    const { settings } = settled(readSettings({ explicitFile, env: {}, sysroot: machine }));
    expect(settings).toMatchObject({ onRefuse: 'exit', onUnknown: 'refuse' });
    const missing = readSettings({ explicitFile: '/nowhere/c.toml', env: {} });
    expect(!missing.ok && missing.error.reason).toBe('/nowhere/c.toml cannot be read: ENOENT');
  });

  it('of the environment are over every file', () => {
    write('etc/syncguard/config.toml', 'pause_at = "91%"');
    const { settings, origins } = settled(read({ SYNCGUARD_PAUSE_AT: '92%', SYNCGUARD_TESTS: 'x' }));
    expect([settings.pauseAt, origins['pause_at']]).toEqual([0.92, 'SYNCGUARD_PAUSE_AT']);
    const wrong = read({ SYNCGUARD_STOP_AT: '95' });
    expect(!wrong.ok && wrong.error.reason).toMatch(
      /^the variable SYNCGUARD_STOP_AT: 95 is not a percentage/,
    );
  });
});

describe('a wrong setting is one sentence', () => {
  it.each([
    ['\n\nthrotle_at = "80%"', 'FILE, line 3: throtle_at is not a setting; did you mean throttle_at?'],
    [
      '[daemon.dropbox]\nrss_bas = 1',
      'FILE, line 2: daemon.dropbox.rss_bas is not a setting; did you mean rss_base?',
    ],
    ['[barriers]\nmemroy = "1G"', 'FILE, line 2: barriers.memroy is not a setting; did you mean memory?'],
    ['daemon = { x = { taks = 1 } }', 'FILE, line 1: daemon.x.taks is not a setting; did you mean tasks?'],
    ['"a.b" = 1', 'FILE, line 1: a.b is not a setting; known are throttle_at'],
    ['stop_at = 95', 'FILE, line 1: stop_at: 95 is not a percentage: write it as in 85%'],
    ['stop_at = "120%"', 'FILE, line 1: stop_at: 120% is more than 100%'],
    ['stop_at = "0%"', 'FILE, line 1: stop_at: 0%: a threshold is more than 0%'],
    ['stop_at = true', 'FILE, line 1: stop_at: true found, a number, or a text with its unit expected'],
    ['on_refuse = "wat"', 'FILE, line 1: on_refuse: "wat" found, exit, wait, degrade, start expected'],
    ['exclude = "x"', 'FILE, line 1: exclude: "x" found, a list of texts, as in ["a", "b"] expected'],
    ['exclude = ["a", 3]', 'FILE, line 1: exclude.1: 3 found, a text expected'],
    ['[barriers]\nnumproc = "3M"', 'FILE, line 2: barriers.numproc: 3M is not a number of items'],
    ['[barriers]\nmemory = -1', 'FILE, line 2: barriers.memory: -1 is not a size'],
    ['[daemon.x]\nrss_base = "64MB"', 'FILE, line 2: daemon.x.rss_base: 64MB could mean 1000 or 1024'],
    ['[daemon.x]\nsides = 3', 'FILE, line 2: daemon.x.sides: 3 found, 1 or 2 expected'],
    [
      '[daemon.x]\nkill_safe = "maybe"',
      'FILE, line 2: daemon.x.kill_safe: "maybe" found, true, false or "idle-only" expected',
    ],
    ['[daemon]\nx = 3', 'FILE, line 2: daemon.x: 3 found, a table, as in [daemon.NAME] expected'],
    ['stop_at = ', 'FILE, line 1, column 11: not TOML: '],
    ['a = 1\na = 2', 'FILE, line 2, column 1: not TOML: '],
    ['\n[daemon\n', 'FILE, line 2, column '],
  ])('%j', (text, sentence) => {
    const { reason, line, hint } = troubled(text);
    expect(reason.slice(0, sentence.length)).toBe(sentence);
    expect(reason).not.toMatch(/\n|\[object|undefined/);
    expect(reason).toContain(`line ${line}`);
    expect(hint).not.toBe('');
  });

  it('and thresholds that do not rise are named with who set them', () => {
    const explicitFile = write('c.toml', 'pause_at = "97%"');
    const result = readSettings({ explicitFile, env: {} });
    expect(!result.ok && result.error.reason).toBe(
      `throttle_at 85% (default), pause_at 97% (${explicitFile}:1) and stop_at 95% (default) must rise in that order`,
    );
  });

  it('where a configuration cannot be read it is not taken for absent', () => {
    mkdirSync(join(machine, 'etc/syncguard/config.toml'), { recursive: true });
    const result = read();
    expect(!result.ok && result.error.reason).toMatch(/config\.toml cannot be read: EISDIR$/);
  });

  it('and no text whatever throws', () => {
    const word = fc.constantFrom(
      'stop_at',
      'daemon',
      'barriers',
      '__proto__',
      'x',
      '=',
      '"85%"',
      '[',
      ']',
      '\n',
      '.',
      '{',
      '}',
      '1',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 30 }), (parts) => {
        const explicitFile = write('c.toml', parts.join(''));
        const result = readSettings({ explicitFile, env: {} });
        if (!result.ok) expect(result.error.reason).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});
