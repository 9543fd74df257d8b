// The files of a service as the built program prints, writes and takes them away, below a directory of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { BINARY, type Ended, syncguard } from '../support/binary.ts';
import { hasProgram, isMet } from '../support/need.ts';

const scratch = mkdtempSync(join(tmpdir(), 'syncguard-service-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const SYNCTHING = `[Service]
User=%i
ExecStart=/usr/bin/env syncthing serve --no-browser "--home=/home/%i/a b"
Restart=on-failure
MemoryDenyWriteExecute=true
`;

/** A machine to install into. */
let root = '';
let count = 0;
beforeEach(() => {
  count += 1;
  root = join(scratch, String(count));
  put('etc/passwd', 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n');
  put('usr/lib/systemd/system/syncthing@.service', SYNCTHING);
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
});

function put(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const service = (...words: string[]): Ended => {
  const [action = '', ...rest] = words;
  return syncguard(['service', action, '--root', root, ...rest]);
};

/** Every path with its permissions and content. */
function everything(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const stat = statSync(join(root, path));
      const content = stat.isFile() ? readFileSync(join(root, path), 'latin1') : '';
      return `${path} ${stat.mode.toString(8)} ${content}`;
    });
}

/** Our own state below var/ is made by the first installation. */
const ofOthers = (): string[] => everything().filter((line) => !line.startsWith('var'));

const UNIT = 'etc/systemd/system/syncguard-sleep.service';
const INSTALL = ['install', '--as', 'ann', '--', '/bin/sleep', '5'];

describe('service print', () => {
  it('writes nothing, and what install writes is what it printed', () => {
    const before = everything();
    const printed = service('print', '--as', 'ann', '--', '/bin/sleep', '5');
    expect([printed.status, everything()]).toEqual([0, before]);
    expect(service(...INSTALL).status).toBe(0);
    expect(readFileSync(join(root, UNIT), 'utf8')).toBe(printed.stdout);
    expect(printed.stderr).toContain('systemctl enable --now --no-block syncguard-sleep.service');
  });

  it('takes the options of run and its own in any order, and none of COMMAND', () => {
    const { stdout } = service(
      'print',
      '--stop-at=92%',
      '--name',
      'mine',
      '--as',
      'ann',
      'lsyncd',
      '--name',
      'x',
    );
    expect(stdout).toContain('--on-refuse wait --restart on-failure --stop-at 92%% -- lsyncd --name x\n');
    expect(service('print', '--restart', 'never', '--on-refuse', 'exit', '--', 'lsyncd').stdout).toContain(
      'run --restart never --on-refuse exit -- lsyncd\n',
    );
  });

  it.each([
    [['--stpo-at', '3'], /unknown option --stpo-at \(did you mean --stop-at\?\)/, 64],
    [['--as', 'bob', 'lsyncd'], /there is no user bob in/, 66],
    [['--name', 'a b', 'lsyncd'], /a b cannot be the name of a service/, 64],
    [['--wrap', 'nextcloud'], /no unit file of that name was found/, 66],
    [['--wrap', 'syncthing@ann', '--', 'lsyncd'], /lsyncd is one too many/, 64],
    [['--init', 'runit', '--user', 'lsyncd'], /are for systemd, and this is runit/, 64],
    [['--user', '--as', 'ann', 'lsyncd'], /takes no --as/, 64],
  ])('says of %j what is wrong, and what to type next', (words, reason, status) => {
    const ended = service('print', ...words);
    expect([ended.status, ended.stdout]).toEqual([status, '']);
    expect(ended.stderr).toMatch(reason);
    expect(ended.stderr).toContain('\nhint: ');
  });
});

describe('service install and uninstall', () => {
  it('leave everything as it was, to the byte', () => {
    const before = ofOthers();
    expect(service(...INSTALL).status).toBe(0);
    expect(service('install', '--wrap', 'syncthing@ann').status).toBe(0);
    expect(ofOthers()).not.toEqual(before);
    expect(service('uninstall', 'syncthing@ann.service').status).toBe(0);
    expect(service('uninstall').status).toBe(0);
    expect(ofOthers()).toEqual(before);
    expect(service('uninstall').status).toBe(66);
  });

  it('bring back a file that was there, with its permissions, after any number of installations', () => {
    put(UNIT, 'mine\n');
    chmodSync(join(root, UNIT), 0o600);
    const before = ofOthers();
    expect(service(...INSTALL).stdout).toContain('replaced');
    expect(service('install', '--as', 'ann', '--stop-at', '92%', '--', '/bin/sleep', '5').status).toBe(0);
    expect(service('install', '--as', 'ann', '--stop-at', '92%', '--', '/bin/sleep', '5').stdout).toContain(
      'unchanged',
    );
    expect(service('uninstall', '--name', 'syncguard-sleep').status).toBe(0);
    expect(ofOthers()).toEqual(before);
  });

  it('overwrite nothing that somebody has changed since, unless forced', () => {
    service(...INSTALL);
    writeFileSync(join(root, UNIT), '# mine\n', { flag: 'a' });
    const refused = service('uninstall');
    expect(refused.status).toBe(75);
    expect(refused.stdout).toContain('changed by somebody else since');
    expect(existsSync(join(root, UNIT))).toBe(true);
    expect(service('uninstall', '--force').status).toBe(0);
    expect(existsSync(join(root, UNIT))).toBe(false);
  });

  it('change nothing where one file cannot be written', () => {
    put('etc/systemd/system/syncthing@ann.service.d', 'a file where a directory belongs\n');
    const before = ofOthers();
    const ended = service('install', '--wrap', 'syncthing@ann');
    expect(ended.status).toBe(74);
    expect(ofOthers()).toEqual(before);
  });

  it('purge the state of the service and no other', () => {
    service(...INSTALL);
    service('install', '--wrap', 'syncthing@ann');
    put('var/lib/syncguard-sleep/starts', '1');
    put('var/lib/syncguard-syncthing@ann/starts', '1');
    service('uninstall', '--purge', 'syncguard-sleep');
    const left = (): string[] => readdirSync(join(root, 'var/lib'));
    expect(left()).toEqual(['syncguard', 'syncguard-syncthing@ann']);
    service('uninstall', '--purge');
    expect(left()).toEqual([]);
  });

  it('keep what fit --undo needs, and tell what fit has changed', () => {
    service(...INSTALL);
    const change = {
      kind: 'file',
      root: '/srv',
      path: '/srv/.stignore',
      backup: null,
      before: '',
      after: 'x',
    };
    const journal = { schema: 'syncguard/fit-journal/1', applications: [{ at: '', changes: [change] }] };
    put('var/lib/syncguard/fit/journal.json', JSON.stringify(journal));
    expect(service('uninstall', '--purge').stdout).toContain(
      'has changed /srv/.stignore: syncguard fit --undo',
    );
    expect(readdirSync(join(root, 'var/lib/syncguard'))).toEqual(['fit']);
  });
});

describe.runIf(isMet(hasProgram('systemd-analyze'), 'systemd-analyze reads units'))('systemd', () => {
  const verify = (...words: string[]): string => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', words, {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], SYSTEMD_UNIT_PATH: `${join(root, 'etc/systemd/system')}:` },
    });
    return status === 0 ? stderr : `${status} ${stdout}${stderr}`;
  };

  it('has nothing to say against a printed unit, with the strangest words in it', () => {
    service('install', '--as', 'ann', '--', '/bin/echo', '%n $HOME', '"', '\\', 'a\nb', ';', "it's", '');
    // Nobody on this machine is called ann.
    const unit = join(root, 'etc/systemd/system/syncguard-echo.service');
    writeFileSync(unit, readFileSync(unit, 'utf8').replace('User=ann', 'User=root'));
    expect(verify('verify', unit)).toBe('');
  });

  it('nor against a drop-in and what it is for', () => {
    cpSync(join(root, 'usr/lib/systemd/system'), join(root, 'etc/systemd/system'), { recursive: true });
    service('install', '--wrap', 'syncthing@root');
    expect(verify('verify', 'syncthing@root.service')).toBe('');
  });

  it('finds a printed unit exposed to less than the ordinary', () => {
    service(...INSTALL);
    const [, level] =
      /exposure level for \S+: ([\d.]+)/.exec(
        execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', join(root, UNIT)], {
          encoding: 'utf8',
        }),
      ) ?? [];
    // 9.6 without any hardening; 2.6 when this was written.
    expect(Number(level)).toBeLessThan(3);
  });
});

const canTry = isMet(
  process.getuid?.() === 0 && hasProgram('setpriv') && hasProgram('unshare'),
  'root that can give up a capability',
);

describe.runIf(canTry)('in a container that may not mount', () => {
  it('print leaves out what needs it, and says why', () => {
    const words = ['service', 'print', '--init', 'systemd', '--', '/bin/sleep', '5'];
    const alone = ['--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin'];
    const run = (before: readonly string[]): string =>
      execFileSync('setpriv', [...before, BINARY, ...words], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    expect(run([])).toMatch(/^ProtectSystem=full$/m);
    const bare = run(alone);
    expect(bare).not.toMatch(/^(Protect(System|Hostname|Kernel\w+)|Private\w+)=/m);
    expect(bare).toMatch(
      /^# Left out, as no mount namespace can be made here \(Operation not permitted\):$/m,
    );
    expect(bare).toMatch(/^SystemCallFilter=@system-service$/m);
  });
});
