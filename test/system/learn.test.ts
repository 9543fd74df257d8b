// `syncguard learn` on real daemons: what it writes is the configuration's, and says what was measured; nothing stays behind.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LearnedPoint } from '../../src/domain/measured-daemon.ts';
import { BINARY, syncguard } from '../support/binary.ts';
import { start } from '../support/ending.ts';
import { LEARNED_PROGRAMS, type LearnedProgram } from '../support/learned-programs.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { whyNoProbe } from '../support/probe.ts';
import { type PlantedPlace, planted } from '../support/real-daemon-tree.ts';
import { until } from '../support/scripted-daemon.ts';

const scratch = mkdtempSync(join(tmpdir(), 'syncguard-learn-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Whole bytes for a file, and whole pages. */
const ROUNDING_SHARE = 0.02;
const PAGE_BYTES = 4096;

const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: scratch,
  XDG_STATE_HOME: join(scratch, 'state'),
};

interface LearnJson {
  readonly name: string;
  readonly points: readonly LearnedPoint[];
  readonly learned: { readonly rssPerFileBytes: { readonly expected: number } | null };
}

/** In none of the hierarchies is a cgroup of that process. */
const hasLeftCgroup = (pid: number): boolean =>
  ['memory', 'freezer', 'unified'].some((hierarchy) => {
    const root = `/sys/fs/cgroup/${hierarchy}`;
    return (
      existsSync(root) &&
      readdirSync(root, { recursive: true }).some((name) => String(name).endsWith(`syncguard-${pid}`))
    );
  });

interface Learning {
  readonly id: string;
  readonly places: readonly PlantedPlace[];
  readonly written: string;
  readonly json: LearnJson;
  readonly before: readonly string[];
  readonly pid: number;
}

const listingOf = (places: readonly PlantedPlace[]): string[] =>
  places.flatMap(({ tree }) => readdirSync(tree, { recursive: true }).map(String)).sort();

/** A reading during which somebody dropped the machine's caches is too low: taken once more. */
async function learned(program: LearnedProgram): Promise<Learning> {
  const { id, prepare, sides } = program;
  const written = join(scratch, `${id}.toml`);
  const places = [400, 2400].map((files) => planted({ files, fileBytes: 8192 }, sides));
  for (const { tree } of places) await prepare(tree);
  const before = listingOf(places);
  const first = await learnOnce(program, places, written);
  const isDisturbed = first.json.points.some(({ measured }) =>
    measured.gaps.some(({ reason }) => reason === 'stale'),
  );
  const { json, pid } = isDisturbed ? await learnOnce(program, places, written) : first;
  return { id, places, written, json, before, pid };
}

async function learnOnce(
  { command }: LearnedProgram,
  places: readonly PlantedPlace[],
  written: string,
): Promise<Pick<Learning, 'json' | 'pid'>> {
  for (const { mount } of places) mount.makeCold();
  const trees = places.flatMap(({ tree }) => ['--tree', tree]);
  const words = ['learn', '--json', '-q', '-o', written, '--force', ...trees, '--', ...command];
  const { pid, ended } = start(BINARY, words, { env: environment });
  const { stdout, stderr, status } = await ended;
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return { json: JSON.parse(stdout), pid };
}

describe('a daemon is learned', () => {
  const reason = whyNoProbe();
  const programs = LEARNED_PROGRAMS.filter(({ id }) => ['syncthing', 'lsyncd'].includes(id));
  const isPossible =
    isMet(reason === null, reason ?? '') &&
    isMet(['syncthing', 'lsyncd'].every(hasProgram), 'syncthing and lsyncd, to be learned');
  const learnings = new Map<string, Learning>();

  // Each is mostly waited for: they wait together.
  beforeAll(async () => {
    if (!isPossible) return;
    for (const learning of await Promise.all(programs.map(learned))) learnings.set(learning.id, learning);
  });
  afterAll(() => {
    for (const { places } of learnings.values()) for (const place of places) place[Symbol.dispose]();
  });

  describe.runIf(isPossible).each(programs)('from $id', ({ id }) => {
    const learning = (): Learning => {
      const found = learnings.get(id);
      if (found === undefined) throw new Error(`${id} was not learned`);
      return found;
    };
    const table = (): string => readFileSync(learning().written, 'utf8');

    it('with a watch for each folder, at every size', () => {
      for (const { measured, directories } of learning().json.points)
        expect(measured.peak.watches).toBe(directories);
      expect(table()).toMatch(/^watch_per = "directory"$/m);
    });

    it('with its look at every entry, told by the kernel memory it was charged', () => {
      expect(table()).toMatch(/^scan_at_start = "stat-all"$/m);
    });

    it('with what a file adds apart from what it needs without any', () => {
      expect(learning().json.learned.rssPerFileBytes).not.toBe(null);
      expect(table()).toMatch(/^rss_base = /m);
      expect(table()).toMatch(/^rss_per_file = /m);
    });

    it('so that the configuration is good, and an estimate by it projects no less than was measured', () => {
      const { written, json } = learning();
      expect(syncguard(['config', 'check', written]).status).toBe(0);
      for (const { trees, measured } of json.points) {
        const asked = ['--daemon', json.name, '--config', written, '--barrier', 'privvmpages=1000000000'];
        const { resources } = JSON.parse(syncguard(['estimate', ...trees, ...asked, '--json']).stdout);
        const row = resources.find(({ name }: { name: string }) => name === 'privvmpages');
        const share = (row.demand.expected * PAGE_BYTES) / measured.peak.anonymousBytes;
        expect(share).toBeGreaterThan(1 - ROUNDING_SHARE);
      }
    });

    it('and leaves its tree as it was, no process and no cgroup', () => {
      const { places, before, pid } = learning();
      expect(listingOf(places)).toEqual(before);
      expect(hasLeftCgroup(pid)).toBe(false);
      // Busy while anything of it runs on.
      for (const { mount } of places) expect(() => mount.makeCold()).not.toThrow();
    });
  });
});

/** A tree of five folders with ten files each. */
function smallTree(name: string): string {
  const tree = join(scratch, name);
  for (let n = 0; n < 50; n++) {
    mkdirSync(join(tree, `folder ${n % 5}`), { recursive: true });
    writeFileSync(join(tree, `folder ${n % 5}`, `file ${n}`), '');
  }
  return tree;
}

/** Watches nothing, holds nothing, and goes on until it is told to end. */
const WAITER = ['sh', '-c', 'echo $$ >"$0"; while :; do sleep 0.1; done'];

describe('Ctrl-C', () => {
  it('ends the daemon that is being measured, and leaves no process, no cgroup and no file', async () => {
    const [tree, pidFile, output] = [
      smallTree('interrupted'),
      join(scratch, 'pid'),
      join(scratch, 'none.toml'),
    ];
    const words = ['learn', '--tree', tree, '-o', output, '--for', '1h', '--', ...WAITER, pidFile];
    const running = start(BINARY, words, { env: environment });
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'));
    const daemon = Number(readFileSync(pidFile, 'utf8'));
    process.kill(running.pid, 'SIGINT');
    expect((await running.ended).status).toBe(130);
    expect(existsSync(`/proc/${daemon}`)).toBe(false);
    expect(hasLeftCgroup(running.pid)).toBe(false);
    expect(existsSync(output)).toBe(false);
  });
});

describe('without a cgroup of its own', () => {
  const isPossible = isMet(process.getuid?.() === 0, 'root, to run as somebody else');

  it.runIf(isPossible)('memory and tasks are learned, and what is missing is named', () => {
    const tree = smallTree('denied');
    chmodSync(scratch, 0o755);
    const words = ['learn', '--json', '-q', '--tree', tree, '--for', '1s', '--', 'sleep', '60'];
    const ended = syncguard(words, { uid: 65_534 });
    expect(ended.status).toBe(0);
    const { points, toml } = JSON.parse(ended.stdout);
    const [{ measured }] = points;
    expect(measured.peak.anonymousBytes).toBeGreaterThan(0);
    expect(measured.end.by).toBe('TERM');
    expect(measured.kernelPeakBytes).toBe(null);
    expect(measured.gaps[0].source).toBe('a memory cgroup of its own');
    expect(toml).not.toContain('scan_at_start');
  });
});

interface BadInput {
  readonly title: string;
  readonly args: () => readonly string[];
  readonly status: number;
  readonly says: RegExp;
}

const BAD: readonly BadInput[] = [
  { title: 'no command', args: () => [], status: 64, says: /missing required argument/ },
  {
    title: 'a program that is not there',
    args: () => ['--', 'no-such-daemon'],
    status: 66,
    says: /no-such-daemon was not found/,
  },
  {
    title: 'a program nobody knows, and no tree',
    args: () => ['--', 'sleep', '60'],
    status: 66,
    says: /No profile knows sleep/,
  },
  {
    title: 'a tree that is not there',
    args: () => ['--tree', '/no/such/tree', '--', 'sleep', '60'],
    status: 66,
    says: /no folder \/no\/such\/tree/,
  },
  {
    title: 'two trees, and a command that takes one',
    args: () => ['--tree', '/tmp', '--tree', '/var', '--', 'sleep', '60'],
    status: 64,
    says: /--tree is given 2 times/,
  },
  {
    title: 'one tree twice',
    args: () => ['--tree', '/tmp', '--tree', '/tmp/', '--', 'ls', '{tree}'],
    status: 64,
    says: /is given twice/,
  },
  {
    title: '{tree} without --tree',
    args: () => ['--', 'ls', '{tree}'],
    status: 64,
    says: /no --tree says which/,
  },
  {
    title: 'a profile that does not exist',
    args: () => ['--daemon', 'syncthin', '--', 'sleep', '60'],
    status: 64,
    says: /no daemon profile syncthin/,
  },
  {
    title: 'a name that is built in',
    args: () => ['--name', 'dropbox', '--', 'sleep', '60'],
    status: 64,
    says: /dropbox is a built-in profile/,
  },
  {
    title: 'a name that is no word',
    args: () => ['--name', 'a b', '--', 'sleep', '60'],
    status: 64,
    says: /is no name/,
  },
  {
    title: 'no duration',
    args: () => ['--for', '5m', '--', 'sleep', '60'],
    status: 64,
    says: /--for 5m: .*write min/,
  },
  {
    title: 'a file that exists',
    args: () => ['-o', '/etc/passwd', '--', 'sleep', '60'],
    status: 74,
    says: /\/etc\/passwd exists/,
  },
  {
    title: 'a file in a folder that is not there',
    args: () => ['-o', '/no/such/file.toml', '--', 'sleep', '60'],
    status: 74,
    says: /no folder \/no\/such/,
  },
  {
    title: '--force without a file',
    args: () => ['--force', '--', 'sleep', '60'],
    status: 64,
    says: /--force goes with -o/,
  },
  {
    title: 'a daemon that fails at once',
    args: () => ['--tree', smallTree('failing'), '-q', '--', 'sh', '-c', 'exit 3'],
    status: 69,
    says: /sh ended with status 3 after .*nothing was learned/,
  },
];

describe('bad input', () => {
  it.each(BAD)('$title is one sentence and a next command', ({ args, status, says }) => {
    const ended = syncguard(['learn', ...args()]);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).toMatch(/^syncguard: [^\n]+\nhint: [^\n]+\n$/);
    expect(ended.status).toBe(status);
    expect(ended.stdout).toBe('');
  });
});
