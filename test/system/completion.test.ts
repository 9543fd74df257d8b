import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINARY, syncguard } from '../support/binary.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { until } from '../support/scripted-daemon.ts';
import { SHELLS, type ShellName, typeLines, writeShell } from '../support/shells.ts';

let scratch = '';
let guard: ChildProcess | null = null;
const there = (name: ShellName): boolean => isMet(hasProgram(name), `${name} is not installed`);
const home = (): string => join(scratch, 'home');
/** Of the guard that runs meanwhile, and of whoever types. */
const environment = (): Record<string, string> => ({
  RUNTIME_DIRECTORY: join(scratch, 'run'),
  STATE_DIRECTORY: join(scratch, 'state'),
});

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'syncguard-completion-'));
  for (const folder of ['My Folder', 'Fotos: 2012', "Ann's", 'sub/inner', 'home/Library'])
    mkdirSync(join(scratch, folder), { recursive: true });
  writeFileSync(join(scratch, 'a table.txt'), '');
  mkdirSync(join(home(), '.config/syncguard'), { recursive: true });
  writeFileSync(join(home(), '.config/syncguard/config.toml'), '[daemon.mirror-of-mine]\nkind = "watcher"\n');
  symlinkSync('/bin/sleep', join(scratch, 'nightly.sync'));
  guard = spawn(BINARY, ['run', '--', join(scratch, 'nightly.sync'), '1000'], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'] ?? '', HOME: home(), ...environment() },
  });
  await until(() => syncguard(['completion', 'guards'], { env: environment() }).stdout === 'nightly.sync\n');
});

afterAll(async () => {
  const ended = new Promise((resolve) => guard?.once('exit', resolve));
  if (guard?.kill('SIGTERM')) await ended;
  rmSync(scratch, { recursive: true, force: true });
});

/** What is typed, and the words it has become. Whether a folder ends in a slash is the shell's own affair. */
const TYPED: readonly (readonly [string, ...string[]])[] = [
  ['est\t', 'estimate'],
  ['--js\t', '--json'],
  ['--config /x fi\t', '--config', '/x', 'fit'],
  ['estimate --daemon sea\t', 'estimate', '--daemon', 'seafile'],
  ['profiles lsy\t', 'profiles', 'lsyncd'],
  ['estimate --daemon mirror\t', 'estimate', '--daemon', 'mirror-of-mine'],
  ['profiles mirror\t', 'profiles', 'mirror-of-mine'],
  ['status night\t', 'status', 'nightly.sync'],
  ['pause --for 10min night\t', 'pause', '--for', '10min', 'nightly.sync'],
  ['run --on-refuse w\t', 'run', '--on-refuse', 'wait'],
  ['run --on-refuse=w\t', 'run', '--on-refuse=wait'],
  ['fit --mode de\t --und\t', 'fit', '--mode', 'degrade', '--undo'],
  ['limits dca\t', 'limits', 'dcachesize'],
  ['run --barrier dca\t3M', 'run', '--barrier', 'dcachesize=3M'],
  ['estimate --barrier=dca\t3M', 'estimate', '--barrier=dcachesize=3M'],
  ['estimate --for us\tdaem\t', 'estimate', '--for', 'user:daemon'],
  ['estimate --platform openvz-7 My\t', 'estimate', '--platform', 'openvz-7', 'My Folder'],
  ['estimate Fot\t', 'estimate', 'Fotos: 2012'],
  ['estimate Fotos\\:\\ 2\t', 'estimate', 'Fotos: 2012'],
  ['estimate -f a\\ t\t', 'estimate', '-f', 'a table.txt'],
  ['estimate Ann\t', 'estimate', "Ann's"],
  ['run --tree=sub/in\t', 'run', '--tree=sub/inner'],
  ['fit --keep inn\t', 'fit', '--keep', 'inn'],
  ['fit sub --keep inn\t', 'fit', 'sub', '--keep', 'inner'],
  ['fit ~ --keep Lib\t', 'fit', '~', '--keep', 'Library'],
  ['config sh\t', 'config', 'show'],
  ['config check a\\ t\t', 'config', 'check', 'a table.txt'],
  ['run -- mkfif\t', 'run', '--', 'mkfifo'],
  ['run -q mkfif\t', 'run', '-q', 'mkfifo'],
  ['run --daemon syncth\t ls Fot\t', 'run', '--daemon', 'syncthing', 'ls', 'Fotos: 2012'],
  ['completion fi\t', 'completion', 'fish'],
];

describe.each(SHELLS)('completion in %s', (name) => {
  it('is a script that the shell itself finds well-formed', () => {
    if (!there(name)) return;
    const { script } = writeShell(name, join(scratch, `syntax-${name}`));
    const checked = spawnSync(name, ['-n', script], { encoding: 'utf8' });
    expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  it('completes commands, options, values, resources, daemons, folders and files as somebody types them', () => {
    if (!there(name)) return;
    const shell = writeShell(name, join(scratch, `typed-${name}`));
    const became = typeLines(
      shell,
      TYPED.map(([line]) => `syncguard ${line}`),
      { cwd: scratch, home: home(), environment: environment() },
    );
    const expected = TYPED.map(([, ...words]) => words.map((word) => (word === '~' ? home() : word)));
    expect(became.map((words) => words.map((word) => word.replace(/(?<=.)\/$/, '')))).toEqual(expected);
  });
});

describe('completion in bash', () => {
  /** COMPREPLY for a line that bash has cut into these pieces. */
  const replies = (pieces: readonly string[], { line = pieces.join(' '), before = '' } = {}): string[] => {
    const { script } = writeShell('bash', join(scratch, 'reply-bash'));
    const asked = spawnSync(
      'bash',
      [
        '-c',
        `source "$1"; ${before} COMP_LINE=$2 COMP_POINT=\${#2} COMP_WORDS=("\${@:3}") COMP_CWORD=$(($# - 3)); _syncguard; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        script,
        line,
        ...pieces,
      ],
      { encoding: 'utf8', cwd: scratch },
    );
    expect(asked.stderr).toBe('');
    return asked.stdout.split('\n').slice(0, -1);
  };

  it('offers every value of an option', () => {
    const all = ['exit', 'wait', 'degrade', 'start'];
    expect(replies(['syncguard', 'run', '--on-refuse', ''])).toEqual(all);
    // Split at the sign, as readline does, and the answer is only what stands behind it.
    expect(replies(['syncguard', 'run', '--on-refuse', '='], { line: 'syncguard run --on-refuse=' })).toEqual(
      all,
    );
  });

  it('answers with what readline replaces of a word with a colon', () => {
    expect(replies(['syncguard', 'estimate', 'Fotos', ':'], { line: 'syncguard estimate Fotos:' })).toEqual([
      ' 2012',
    ]);
    expect(replies(['syncguard', 'estimate', '"My F'])).toEqual(['My Folder']);
  });

  it('hands the command of run over to that of bash-completion, from the word where it begins', () => {
    const before = '_comp_command_offset() { COMPREPLY=("from $1"); };';
    const pieces = ['syncguard', 'run', '--restart', '=', 'always', '--', 'ssh', 'somewhere'];
    expect(replies(pieces, { line: 'syncguard run --restart=always -- ssh somewhere', before })).toEqual([
      'from 6',
    ]);
  });
});

describe('completion in fish', () => {
  it('says what each option means', () => {
    if (!there('fish')) return;
    const { script } = writeShell('fish', join(scratch, 'listed-fish'));
    const asked = spawnSync(
      'fish',
      ['--no-config', '-c', `source '${script}'; complete -C 'syncguard estimate --ti'`],
      {
        encoding: 'utf8',
      },
    );
    expect(asked.stdout).toBe('--timing\tprint where the time went, on stderr\n');
  });
});

describe('syncguard completion', () => {
  it('names the shells it knows to whoever asks for another', () => {
    expect(syncguard(['completion', 'tcsh'])).toEqual({
      status: 64,
      stdout: '',
      stderr: expect.stringMatching(/tcsh.*bash, zsh, fish.*\nhint: syncguard completion --help/),
    });
  });
});
