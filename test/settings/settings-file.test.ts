import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import {
  readSettings,
  renderOrigin,
  type SettingsRead,
  type SettingsTrouble,
} from '../../src/settings/settings-file.ts';
import { strayVariables } from '../../src/settings/settings-words.ts';

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

/** Who said a key, as people read it. */
const sayerOf = ({ origins }: SettingsRead, key: string): string => {
  const origin = origins[key];
  return origin === undefined ? 'nobody' : renderOrigin(origin);
};

function troubled(text: string): SettingsTrouble {
  const explicitFile = write('c.toml', text);
  const result = readSettings({ explicitFile, env: {} });
  if (result.ok) throw new Error(`accepted: ${text}`);
  expect(result.error.file).toBe(explicitFile);
  return { ...result.error, reason: result.error.reason.replace(explicitFile, 'FILE') };
}

describe('settings', () => {
  it('without any file are the defaults', () => {
    const found = settled(read());
    expect(found.settings).toEqual(DEFAULT_SETTINGS);
    expect(found.files).toEqual([]);
    expect(sayerOf(found, 'stop_at')).toBe('default');
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
    const found = settled(read(env));
    expect(found.settings).toMatchObject({ stopAt: 0.96, pauseAt: 0.91, onRefuse: 'degrade' });
    expect(sayerOf(found, 'stop_at')).toBe(join(machine, 'home/u/.config/syncguard/conf.d/20.toml:1'));
    expect(sayerOf(found, 'pause_at')).toBe(join(machine, 'etc/syncguard/config.toml:3'));
    expect(found.files).toHaveLength(5);
    expect(settled(read({ ...env, XDG_CONFIG_HOME: '/elsewhere' })).settings.stopAt).toBe(0.99);
  });

  it('of one daemon merge key by key over several files', () => {
    write(
      'etc/syncguard/config.toml',
      '[daemon.dropbox]\nrss_base = "1M"\ntasks = 5\n[barriers]\nmemory = "1G"',
    );
    write('etc/syncguard/conf.d/a.toml', '[daemon.dropbox]\ntasks = 6\n[barriers]\npids = 9');
    const found = settled(read());
    const { settings } = found;
    expect(settings.profiles).toEqual({ dropbox: { rssBaseBytes: 2 ** 20, tasks: 6 } });
    expect(settings.barriers).toEqual({ memory: 2 ** 30, pids: 9 });
    expect(sayerOf(found, 'daemon.dropbox.tasks')).toMatch(/a\.toml:2$/);
  });

  it('named by --config are that file alone, and it must exist', () => {
    write('etc/syncguard/config.toml', 'on_refuse = "wait"');
    const explicitFile = write('mine.toml', 'on_unknown = "refuse"');
    const { settings } = settled(readSettings({ explicitFile, env: {}, sysroot: machine }));
    expect(settings).toMatchObject({ onRefuse: 'exit', onUnknown: 'refuse' });
    const missing = readSettings({ explicitFile: '/nowhere/c.toml', env: {} });
    expect(!missing.ok && missing.error.reason).toBe(
      '/nowhere/c.toml cannot be read: it is not there (ENOENT)',
    );
  });

  it('of the environment are over every file', () => {
    write('etc/syncguard/config.toml', 'pause_at = "91%"');
    const found = settled(
      read({
        SYNCGUARD_PAUSE_AT: '92%',
        SYNCGUARD_RESTART_JITTER: '5min',
        SYNCGUARD_BARRIERS_MEMORY: '1G',
        SYNCGUARD_EXCLUDE: '["a", "b"]',
        SYNCGUARD_PASS_NOTIFY: 'true',
        SYNCGUARD_ON_REFUSE: '',
        SYNCGUARD_TESTS: 'x',
      }),
    );
    expect(found.settings).toMatchObject({
      pauseAt: 0.92,
      restart: { jitterMs: 300_000 },
      barriers: { memory: 2 ** 30 },
      exclude: ['a', 'b'],
      passesNotify: true,
      onRefuse: 'exit',
    });
    expect(sayerOf(found, 'pause_at')).toBe('SYNCGUARD_PAUSE_AT');
    const wrong = read({ SYNCGUARD_STOP_AT: '95' });
    expect(!wrong.ok && wrong.error.reason).toMatch(
      /^the variable SYNCGUARD_STOP_AT: 95 is not a percentage/,
    );
  });
});

describe('settings from everywhere', () => {
  it('count in this order: flags, variables, later drop-in, file, default', () => {
    const place = { explicitFile: null, sysroot: machine };
    const layers = [
      () => write('etc/syncguard/config.toml', 'restart.policy = "on-failure"'),
      () => write('etc/syncguard/conf.d/1.toml', 'restart = { policy = "always" }'),
      () => write('etc/syncguard/conf.d/2.toml', '[restart]\npolicy = "never"'),
    ];
    const seen = [settled(readSettings({ ...place, env: {} }))];
    for (const add of layers) {
      add();
      seen.push(settled(readSettings({ ...place, env: {} })));
    }
    const env = { SYNCGUARD_RESTART_POLICY: 'always' };
    seen.push(settled(readSettings({ ...place, env })));
    const flags = { 'restart.policy': 'on-failure' };
    seen.push(settled(readSettings({ ...place, env, flags })));
    const base = (path: string): string => path.replace(/^.*\//, '');
    expect(seen.map((each) => [each.settings.restart.policy, base(sayerOf(each, 'restart.policy'))])).toEqual(
      [
        ['never', 'default'],
        ['on-failure', 'config.toml:1'],
        ['always', '1.toml:1'],
        ['never', '2.toml:2'],
        ['always', 'SYNCGUARD_RESTART_POLICY'],
        ['on-failure', '--restart'],
      ],
    );
  });

  it('that look like a variable of ours and are none are told of, and others are not', () => {
    const strays = strayVariables({
      SYNCGUARD_STOPAT: '9',
      SYNCGUARD_STOP_AT: '9%',
      SYNCGUARD_LAUNCH: '',
      X: '',
    });
    expect(strays).toEqual([{ name: 'SYNCGUARD_STOPAT', meant: 'SYNCGUARD_STOP_AT' }]);
  });
});

describe('a file that is no configuration is one sentence', () => {
  const complaintOf = (prepare: (path: string) => void): string => {
    const path = write('etc/syncguard/conf.d/50.toml', '');
    rmSync(path);
    prepare(path);
    const result = read();
    return result.ok ? 'accepted' : result.error.reason.replace(path, 'FILE');
  };

  it.each<[string, (path: string) => void, string]>([
    ['a directory', (path) => mkdirSync(path), 'FILE cannot be read: it is a directory'],
    ['a pipe', (path) => execFileSync('mkfifo', [path]), 'FILE cannot be read: it is no regular file'],
    [
      'binary',
      (path) => writeFileSync(path, Buffer.from([0x7f, 0x45, 0])),
      'FILE cannot be read: it is no text (UTF-8)',
    ],
    [
      'latin1',
      (path) => writeFileSync(path, Buffer.from('# \xe9', 'latin1')),
      'FILE cannot be read: it is no text (UTF-8)',
    ],
    [
      'huge',
      (path) => writeFileSync(path, '#'.repeat(2 ** 21)),
      'FILE cannot be read: it has 2.0 MiB, and no configuration more than 1.0 MiB',
    ],
    [
      'a link to itself',
      (path) => symlinkSync(path, path),
      'FILE cannot be read: its symbolic links go round in a circle (ELOOP)',
    ],
    [
      'tables without end',
      (path) => writeFileSync(path, `a = ${'['.repeat(100_000)}`),
      'FILE, line 1, column ',
    ],
    ['empty', (path) => writeFileSync(path, ''), 'accepted'],
    ['masked by /dev/null', (path) => symlinkSync('/dev/null', path), 'accepted'],
    ['a link to nothing', (path) => symlinkSync('nowhere', path), 'accepted'],
  ])('%s', (_, prepare, sentence) => {
    expect(complaintOf(prepare).slice(0, sentence.length)).toBe(sentence);
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
    ['exclude = "x"', 'FILE, line 1: exclude: "x" found, a list of texts, as in ["a", "b"], expected'],
    ['exclude = ["a", 3]', 'FILE, line 1: exclude: 3 found as its second, a text expected'],
    ['[barriers]\nnumproc = "3M"', 'FILE, line 2: barriers.numproc: 3M is not a number of items'],
    ['[barriers]\nmemory = -1', 'FILE, line 2: barriers.memory: -1 is not a size'],
    ['[daemon.x]\nrss_base = "64MB"', 'FILE, line 2: daemon.x.rss_base: 64MB could mean 1000 or 1024'],
    ['[daemon.x]\nsides = 3', 'FILE, line 2: daemon.x.sides: 3 found, 1 to 2 expected'],
    [
      '[daemon.x]\nkill_safe = "maybe"',
      'FILE, line 2: daemon.x.kill_safe: "maybe" found, true, false or "idle-only" expected',
    ],
    ['[daemon]\nx = 3', 'FILE, line 2: daemon.x: a table is expected, as in [daemon.x]'],
    ['daemon = 3', 'FILE, line 1: daemon: a table is expected, as in [daemon.NAME]'],
    [
      'on_refuse = "wiat"',
      'FILE, line 1: on_refuse: "wiat" found, exit, wait, degrade, start expected; did you mean wait?',
    ],
    ['lease = "5s"', 'FILE, line 1: lease: 5s is shorter than 9s'],
    ['gate_timeout = "60d"', 'FILE, line 1: gate_timeout: 60d is longer than 24d'],
    ['grace = 1979-05-27', 'FILE, line 1: grace: a date found, a number'],
    [
      '[restart]\nat = "61 4 * * *"',
      'FILE, line 2: restart.at: 61 4 * * * is not a time: 61 is no minute from 0 to 59',
    ],
    [
      '[restart]\ntime_zone = "Europe/Pari"',
      'FILE, line 2: restart.time_zone: Europe/Pari is no time zone; did you mean Europe/Paris?',
    ],
    [
      '[restart]\nbefore = ["sync"]',
      'FILE, line 2: restart.before: "sync" is not the whole path of a program',
    ],
    ['[restart]\nif = "held>5"', 'FILE, line 2: restart.if: 5 is not a percentage'],
    ['stop_at = ', 'FILE, line 1, column 11: not TOML: '],
    ['a = 1\na = 2', 'FILE, line 2, column 1: not TOML: '],
    ['\n[daemon\n', 'FILE, line 2, column '],
  ])('%j', (text, sentence) => {
    const { reason, line, hint } = troubled(text);
    expect(reason.slice(0, sentence.length)).toBe(sentence);
    expect(reason).not.toMatch(/\n|\[object|undefined/);
    expect(reason).toContain(`line ${line}`);
    expect(hint).toContain('syncguard config check');
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
    expect(!result.ok && result.error.reason).toMatch(/config\.toml cannot be read: it is a directory$/);
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
