import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ended, syncguard } from '../support/binary.ts';
import { ORIGIN, plantLibrary } from '../support/library.ts';

const { scratch, tree } = plantLibrary();
const json = ({ stdout }: Ended) => JSON.parse(stdout);

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
    title: 'a recorded machine that is not there',
    args: () => ['limits', '--sysroot', join(scratch, 'nowhere')],
    status: 64,
    says: /--sysroot .*nowhere: there is no such folder/,
    hint: /proc\/ and sys\//,
  },
  {
    title: 'a recorded machine to rehearse on that is not there',
    args: () => ['run', '--dry-run', '--sysroot', '/nowhere', 'true'],
    status: 125,
    says: /--sysroot \/nowhere: there is no such folder/,
    hint: /proc\/ and sys\//,
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
