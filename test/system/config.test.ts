// The configuration through the built program: what is shown, what is refused, what `run` follows.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, ROOT, syncguard } from '../support/binary.ts';

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-config-'));
});
afterAll(() => rmSync(place, { recursive: true }));

let count = 0;
/** The program with this file in the only place that counts, and what else is in the environment. */
function configured(text: string): (args: readonly string[], env?: Record<string, string>) => Ended {
  count += 1;
  const directory = join(place, String(count));
  mkdirSync(directory);
  writeFileSync(join(directory, 'config.toml'), text);
  const runtime = { CONFIGURATION_DIRECTORY: directory, RUNTIME_DIRECTORY: join(place, 'run') };
  return (args, env = {}) => syncguard(args, { env: { ...runtime, XDG_STATE_HOME: place, ...env } });
}

const COMPLETE = join(ROOT, 'fixtures/configuration/complete.toml');

describe('syncguard config show', () => {
  it('names flag, variable, file with line, profile and default, in this order of weight', () => {
    const type = configured('pause_at = "91%"\nlease = "20s"\non_refuse = "wait"\n');
    const env = { SYNCGUARD_LEASE: '30s', SYNCGUARD_ON_REFUSE: 'start' };
    const { stdout, status } = type(
      ['config', 'show', '--', '--on-refuse', 'exit', '--daemon', 'dropbox'],
      env,
    );
    const lines = stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' ').replace(/# \/.*\//, '# '));
    expect(status).toBe(0);
    expect(lines).toContain('on_refuse = "exit" # --on-refuse');
    expect(lines).toContain('lease = "30s" # SYNCGUARD_LEASE');
    expect(lines).toContain('pause_at = "91%" # config.toml:1');
    expect(lines).toContain('stop_at = "95%" # default');
    expect(lines).toContain('kind = "watcher" # profile dropbox');
  });

  it('prints a configuration that says the same', () => {
    const type = configured('');
    const shown = type(['config', 'show', '--config', COMPLETE]).stdout;
    const again = join(place, 'again.toml');
    writeFileSync(again, shown);
    // But for what it hides.
    const values = (file: string): unknown =>
      JSON.parse(type(['config', 'show', '--json', '--config', file]).stdout).settings.map(
        ({ path, value }: { path: string[]; value: unknown }) => [
          path,
          String(value).startsWith('(hidden)') ? null : value,
        ],
      );
    expect(values(again)).toEqual(values(COMPLETE));
  });

  it('in JSON has every setting with its value and its origin', () => {
    const type = configured('\nstop_at = "96%"\n');
    const shown = JSON.parse(type(['config', 'show', '--json'], { SYNCGUARD_STOPAT: '1%' }).stdout);
    expect(shown.schema).toBe('syncguard/config/1');
    expect(shown.settings).toContainEqual({
      path: ['stop_at'],
      value: '96%',
      isHidden: false,
      origin: { kind: 'file', name: shown.files[0], line: 2 },
      doc: expect.any(String),
    });
    expect(shown.settings).toContainEqual({
      path: ['restart', 'at'],
      value: null,
      isHidden: false,
      origin: null,
      doc: expect.any(String),
    });
    expect(shown.strayVariables).toEqual([{ name: 'SYNCGUARD_STOPAT', meant: 'SYNCGUARD_STOP_AT' }]);
  });
});

describe('syncguard config check', () => {
  it('is 0 where all is good, and 78 with file, line, key and what to do where it is not', () => {
    const type = configured('[restart]\npolicy = "alway"\n');
    expect(type(['config', 'check', COMPLETE])).toEqual({
      status: 0,
      stdout: `${COMPLETE}: good\n`,
      stderr: '',
    });
    const { status, stderr } = type(['config', 'check']);
    expect(status).toBe(78);
    expect(stderr.replaceAll(/\/\S+\/config\.toml/g, 'FILE')).toBe(
      'syncguard: FILE, line 2: restart.policy: "alway" found, never, on-failure, always expected; did you mean always? [bad-config]\n' +
        'hint: mend line 2 of FILE, then: syncguard config check FILE\n',
    );
  });

  it('knows whether a daemon of the configuration is like one that there is', () => {
    const { status, stderr } = configured('[daemon.x]\nlike = "synthing"\n')(['config', 'check']);
    expect(status).toBe(78);
    expect(stderr).toMatch(
      /config\.toml:2: There is no daemon profile synthing, which daemon\.x is like; known are .*\nhint: write like = "syncthing"\n$/,
    );
  });
});

describe('syncguard run', () => {
  const NEEDS_TOO_MUCH = '[require]\nmemory = "4000000000M"\n';
  const RUN = ['run', '--companion', 'off', '--quiet', 'echo', 'started'];

  it('answers the gate as flag, variable and file say, in this order', () => {
    const type = configured(`on_refuse = "start"\n${NEEDS_TOO_MUCH}`);
    expect(type(RUN)).toMatchObject({ status: 0, stdout: 'started\n' });
    const exit = { SYNCGUARD_ON_REFUSE: 'exit' };
    expect(type(RUN, exit)).toMatchObject({ status: 75, stdout: '' });
    expect(type(['run', '--on-refuse', 'start', ...RUN.slice(1)], exit)).toMatchObject({ status: 0 });
  });

  it('refuses a need that only the configuration has, as estimate does', () => {
    const type = configured(NEEDS_TOO_MUCH);
    expect(type(RUN)).toMatchObject({
      status: 75,
      stderr: expect.stringContaining('memory would reach'),
    });
    expect(type(['estimate', place, '--daemon', 'generic'])).toMatchObject({ status: 75 });
  });

  it.each([
    [
      'stop_att = "9%"\n',
      {},
      /config\.toml, line 1: stop_att is not a setting; did you mean stop_at\?\nhint: mend/,
    ],
    ['', { SYNCGUARD_LEASE: '1s' }, /the variable SYNCGUARD_LEASE: 1s is shorter than 9s\.\nhint: unset/],
  ])('starts nothing under %j and %j', (text, env, says) => {
    const ended = configured(text)(RUN, env);
    expect(ended).toMatchObject({ status: 125, stdout: '' });
    expect(ended.stderr).toMatch(says);
  });

  it('takes a zone that is none for a mistake on the command line', () => {
    const words = ['run', '--restart-at', '20 4 * * *', '--time-zone', 'Europe/Pariss', 'true'];
    const { status, stderr } = configured('')(words);
    expect(status).toBe(125);
    expect(stderr).toContain('--time-zone: Europe/Pariss is no time zone; did you mean Europe/Paris?');
  });
});
