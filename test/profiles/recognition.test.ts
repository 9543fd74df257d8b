import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandPlace, recognise } from '../../src/profiles/command.ts';
import { PROFILES, recogniseCommand } from '../../src/profiles/index.ts';
import { shellCommands } from '../../src/profiles/shell-text.ts';
import { START_COMMANDS } from '../../src/profiles/start-commands.ts';
import { WrittenMachine } from '../support/written-machine.ts';

let machine: WrittenMachine;
beforeEach(() => {
  machine = new WrittenMachine();
});
afterEach(() => machine.remove());

/** Words apart by blanks, a text in double quotes one word. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|\S+/g)].map(([whole, quoted]) => quoted ?? whole);

const idOf = (line: string, place?: CommandPlace): string | null =>
  recogniseCommand(words(line), PROFILES, place)?.id ?? null;

describe('a daemon is known by its own command', () => {
  it.each([
    ['nextcloud --background', 'nextcloud'],
    ['owncloud', 'owncloud'],
    ['nextcloudcmd -n /a https://c', 'nextcloudcmd'],
    ['seaf-daemon --daemon -c /c -d /d', 'seafile'],
    ['seaf-cli start', 'seafile'],
    ['seaf-cli list', null],
    ['maestral start -f', 'maestral'],
    ['maestral pause', null],
    ['onedrive --monitor', 'onedrive'],
    ['onedrive --confdir /c -m', 'onedrive'],
    ['onedrive --synchronize --single-directory Books', 'onedrive-sync'],
    ['onedrive --sync --confdir=/c', 'onedrive-sync'],
    ['onedrive --display-sync-status', null],
    ['onedrive --logout', null],
    ['syncthing --version', null],
    ['lsyncd -help', null],
    ['nextcloudcmd -h /a https://b', 'nextcloudcmd'],
    ['mega-cmd-server', 'mega'],
    ['unison books', 'unison'],
    ['unison books -repeat watch', 'unison-watch'],
    ['rslsync --nodaemon --config sync.conf', 'resilio'],
    ['insync-headless start', 'insync'],
    ['rclone rcd --rc-addr :5572', 'rclone-rcd'],
    ['dropbox start', 'dropbox'],
    ['dropbox', 'dropbox'],
    ['dropbox status', null],
    ['syncthing cli show system', null],
  ])('%s is %s', (line, id) => {
    expect(idOf(line)).toBe(id);
  });
});

describe('the command that run takes for itself', () => {
  it.each(START_COMMANDS)('$profile is that of its own profile', ({ profile, command }) => {
    expect(recogniseCommand(command, PROFILES)?.id).toBe(profile);
  });
});

describe('a daemon is known behind what runs it', () => {
  it.each([
    ['timeout -k 5 1h lsyncd c', 'lsyncd'],
    ['chrt -b 0 syncthing', 'syncthing'],
    ['taskset -c 0,1 syncthing serve', 'syncthing'],
    ['stdbuf -oL -e 0 rclone bisync a b', 'rclone-bisync'],
    ['dbus-run-session -- dropboxd', 'dropbox'],
    ['xvfb-run -a dropboxd', 'dropbox'],
    ['sudo -nu ann -- nice syncthing', 'syncthing'],
    ['sudo A=1 --user=ann syncthing', 'syncthing'],
    ['doas -u ann maestral start', 'maestral'],
    ['su - ann -c "dropboxd --x"', 'dropbox'],
    ['su ann --command=lsyncd', 'lsyncd'],
    ['runuser -u ann onedrive --monitor', 'onedrive'],
    ['runuser - ann -c "exec onedrive --monitor"', 'onedrive'],
    ['sh -c "cd /srv && exec rclone sync a b:; true"', 'rclone'],
    ['bash -lc "if true; then A=1 unison x; fi # done"', 'unison'],
    ['sh -ec "exec $@" sh syncthing serve', 'syncthing'],
    ['flatpak run com.dropbox.Client', 'dropbox'],
    ['flatpak run --branch=stable --command=syncthing org.x.Y serve', 'syncthing'],
    ['systemd-run --user -p MemoryMax=1G --unit=x syncthing', 'syncthing'],
    ['python3 -u /usr/bin/maestral start -f', 'maestral'],
    ['python3 -m maestral start', 'maestral'],
    ['env -S "nice -n 5 syncthing"', 'syncthing'],
    ['tini -g -- gosu ann dropboxd', 'dropbox'],
    ['su ann', null],
    ['sh -c', null],
    ['sudo -u', null],
    ['timeout 5', null],
    ['flatpak run', null],
    ['flatpak install com.dropbox.Client', null],
  ])('%s is %s', (line, id) => {
    expect(idOf(line)).toBe(id);
  });

  it('with the variables and the user that were set on the way', () => {
    const line = words('env A=1 sudo -u ann B=2 sh -c "export C=3; D=4 syncthing serve"');
    expect(recognise(line, PROFILES)).toMatchObject({
      argv: ['syncthing', 'serve'],
      variables: { A: '1', B: '2', C: '3', D: '4' },
      user: 'ann',
    });
  });
});

const KNOWN = [
  ['syncthing', 'serve'],
  ['/opt/x/dropboxd'],
  ['rclone', 'bisync', '/a b', "r:it's"],
  ['lsyncd', '-nodaemon', '/etc/c.lua'],
  ['unison', 'books', '-repeat', 'watch'],
  ['maestral', 'start', '-f'],
] as const;

const quoted = (argv: readonly string[]): string =>
  argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');

/** Each puts a prefix in front of a command line. */
const WRAPS: readonly ((argv: readonly string[]) => readonly string[])[] = [
  (argv) => ['env', '-u', 'HOME', 'X=syncthing', ...argv],
  (argv) => ['nice', '-n', '5', ...argv],
  (argv) => ['/usr/bin/ionice', '-c3', ...argv],
  (argv) => ['nohup', ...argv],
  (argv) => ['setsid', '-w', ...argv],
  (argv) => ['timeout', '--signal', 'KILL', '1h', ...argv],
  (argv) => ['chrt', '-i', '0', ...argv],
  (argv) => ['taskset', '0x3', ...argv],
  (argv) => ['stdbuf', '-o', 'L', ...argv],
  (argv) => ['dbus-run-session', '--', ...argv],
  (argv) => ['sudo', '-E', '-u', 'ann', '--', ...argv],
  (argv) => ['doas', '-u', 'ann', ...argv],
  (argv) => ['runuser', '-u', 'ann', '--', ...argv],
  (argv) => ['su', '-', 'ann', '-c', quoted(argv)],
  (argv) => ['runuser', '-l', 'ann', '-c', `exec ${quoted(argv)}`],
  (argv) => ['sh', '-c', `cd /srv; ${quoted(argv)} >/dev/null 2>&1`],
  (argv) => ['bash', '-ec', 'exec "$@"', 'bash', ...argv],
  (argv) => ['gosu', 'ann', ...argv],
  (argv) => ['flock', '-w', '5', '/run/lock', ...argv],
  (argv) => ['setpriv', '--reuid', 'ann', '--clear-groups', ...argv],
  (argv) => ['systemd-cat', '-t', 'x', ...argv],
  (argv) => ['env', '-C', '/srv', ...argv],
  (argv) => ['start-stop-daemon', '--start', '--exec', argv[0] ?? '', '--', ...argv.slice(1)],
];

describe('whatever stands in front', () => {
  it('of a daemon, in any number and order, it keeps its profile and its own words', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...KNOWN),
        fc.array(fc.constantFrom(...WRAPS), { maxLength: 6 }),
        (command, wraps) => {
          const line = wraps.reduce<readonly string[]>((argv, wrap) => wrap(argv), command);
          const bare = recogniseCommand(command, PROFILES);
          expect(recognise(line, PROFILES)).toMatchObject({ profile: bare, argv: command });
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('nothing throws or takes for ever, whatever the words', () => {
    const sign = fc.constantFrom('-c', '--', '-u', '-S', '-', '$@', "'", '"', '\\', '#', '>', '&&', ';', '(');
    const program = fc.constantFrom(
      ...'env sh su sudo runuser flatpak run systemctl start python3 -m timeout exec toString'.split(' '),
    );
    const place = { home: '/nonexistent', path: '/nonexistent', directory: '/', sysroot: '/nonexistent' };
    fc.assert(
      fc.property(fc.array(fc.oneof(program, sign, fc.string()), { maxLength: 12 }), (argv) => {
        recognise(argv, PROFILES, place);
        shellCommands(argv.join(' '));
      }),
      { numRuns: 2000 },
    );
  });

  it('a text that nests shells thirty times and more comes to an end', () => {
    const nested = Array.from({ length: 200 }, () => 'sh').concat('-c', 'sh -c sh');
    expect(recognise(nested, PROFILES)).toBeNull();
  });
});

describe('a program file', () => {
  const at = (path: string): CommandPlace => ({
    home: '/home/user',
    path: join(machine.root, 'bin'),
    directory: join(machine.root, path),
  });
  const script = (path: string, text: string): void => {
    machine.write(path, text);
    chmodSync(join(machine.root, path), 0o755);
  };

  it('is known by what its link leads to', () => {
    machine.write('opt/syncthing', 'x');
    machine.write('bin/.keep', '');
    symlinkSync('../opt/syncthing', join(machine.root, 'bin/sync-it'));
    expect(idOf('nice sync-it serve', at('.'))).toBe('syncthing');
    expect(idOf('sync-it serve')).toBeNull();
  });

  it("is known by what its script executes, with the script's own arguments", () => {
    script(
      'bin/start-box',
      '#!/bin/sh\n# exec lsyncd\nPAR=$(dirname "$(readlink -f "$0")")\nLD_X=$PAR nice true\nexec "$PAR/dropbox-lnx.x86_64-1/dropboxd" "$@"\n',
    );
    expect(idOf('start-box --x', at('.'))).toBe('dropbox');
    script('bin/mirror', '#!/usr/bin/env bash\nset -e\nexec nice -n 5 rclone sync "$1" remote:x\n');
    expect(recognise(['./mirror', '/srv/a'], PROFILES, at('bin'))).toMatchObject({
      profile: { id: 'rclone' },
      argv: ['rclone', 'sync', '/srv/a', 'remote:x'],
    });
  });

  it('is known by the last command of its script, not by one on the way', () => {
    script('bin/last', '#!/bin/sh\ncd /srv\nsyncthing serve "$@"\n');
    script('bin/way', '#!/bin/sh\nrclone copy remote:conf /etc/x\nexec nginx\n');
    expect(idOf('last', at('.'))).toBe('syncthing');
    expect(idOf('way', at('.'))).toBeNull();
  });

  it('is known by what its script waits for at its end', () => {
    script('bin/entry', '#!/bin/sh\ntrap "kill 0" TERM\nrclone lsd r:\nsyncthing serve &\nwait $!\n');
    expect(idOf('entry', at('.'))).toBe('syncthing');
  });

  it('keeps what was set in front of its script', () => {
    script('bin/kept', '#!/bin/sh\nB=2 exec syncthing\n');
    expect(recognise(words('env A=1 B=1 kept'), PROFILES, at('.'))?.variables).toEqual({ A: '1', B: '2' });
  });

  it('that executes nothing known, or itself, is not known', () => {
    script('bin/loop', '#!/bin/sh\nexec loop "$@"\n');
    machine.write('bin/binary', `\u007fELF exec syncthing`);
    expect(idOf('loop', at('.'))).toBeNull();
    expect(idOf('binary', at('.'))).toBeNull();
    expect(idOf('nowhere', at('.'))).toBeNull();
  });
});

describe('a unit', () => {
  const place = (): CommandPlace => ({ home: '/home/user', path: '', directory: '/', sysroot: machine.root });

  it('is known by its ExecStart, the administrator over the package and drop-ins over both', () => {
    machine.write(
      'usr/lib/systemd/system/syncthing@.service',
      '[Service]\nUser=%i\nExecStart=/usr/bin/syncthing serve \\\n  --no-browser\n',
    );
    expect(recognise(words('sudo systemctl start syncthing@ann'), PROFILES, place())).toMatchObject({
      argv: ['/usr/bin/syncthing', 'serve', '--no-browser'],
      user: 'ann',
    });
    machine.write(
      'etc/systemd/system/syncthing@ann.service.d/10-home.conf',
      '[Service]\nEnvironment="STHOMEDIR=/srv/st" A=1\nExecStart=\nExecStart=-/usr/bin/nice -n 5 /usr/bin/lsyncd c\n',
    );
    expect(recognise(words('systemctl start syncthing@ann.service'), PROFILES, place())).toMatchObject({
      profile: { id: 'lsyncd' },
      variables: { STHOMEDIR: '/srv/st', A: '1' },
    });
  });

  it("is looked for among the user's own with --user", () => {
    machine.write(
      'home/user/.config/systemd/user/box.service',
      '[Service]\nExecStart=%h/.dropbox-dist/dropboxd\n',
    );
    expect(idOf('systemctl --user start box', place())).toBe('dropbox');
    expect(idOf('systemctl start box', place())).toBeNull();
    expect(idOf('systemctl --user stop box', place())).toBeNull();
  });

  it('that starts itself is not followed for ever', () => {
    machine.write('etc/systemd/system/x.service', '[Service]\nExecStart=systemctl start x\n');
    expect(idOf('systemctl start x', place())).toBeNull();
  });
});
