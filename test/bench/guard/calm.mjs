// What a guard costs while nothing happens: system calls per tick by name, memory, threads, descriptors, processor time.
// earlyoom watches the same machine in the same minutes; it acts on nothing (--dryrun).
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import {
  buildPrograms,
  kill,
  MiB,
  makeContainer,
  makeCopy,
  makeRecord,
  NO_OWN_WALL,
  nodeOf,
  openResults,
  readText,
  sleep,
  until,
  whyNoLaboratory,
} from './laboratory.mjs';

/** Ends the slow start of a quiet daemon, and what a start leaves to be collected. */
const SETTLED_MS = 12_000;
const LIMIT_BYTES = 512 * MiB;

const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true, default: ['20', '22', '24'] },
    seconds: { type: 'string', default: '60' },
    ticks: { type: 'string', default: '0' },
    throwaway: { type: 'boolean', default: false },
  },
});

const kib = (pid, row) =>
  Number(new RegExp(`^${row}:\\s+(\\d+)`, 'm').exec(readText(`/proc/${pid}/status`))?.[1]);
/** Nanoseconds of the scheduler, in s: clock ticks are too coarse for earlyoom. */
const scheduledSeconds = (pid) =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(readText(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]) / 1e9,
    0,
  );
const descriptorsOf = (pid) => readdirSync(`/proc/${pid}/fd`).length;
const mebibytes = (value) => (value / 1024).toFixed(1);

/** Anonymous memory of a Node that does nothing, under the guard's own flags. */
async function bareRssKib(node) {
  const child = spawn(
    node,
    ['--v8-pool-size=0', '--max-semi-space-size=1', '-e', 'setInterval(() => {}, 1000)'],
    { stdio: 'ignore' },
  );
  await sleep(2_000);
  const found = kib(child.pid, 'RssAnon');
  kill(child.pid, 'SIGKILL');
  return found;
}

/** Counts by name from `strace -f -c`. */
function countsOf(text) {
  const counts = new Map();
  for (const [, count, name] of text.matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$/gm))
    if (name !== 'total') counts.set(name, Number(count));
  return counts;
}

async function traced(pid, seconds) {
  const child = spawn('strace', ['-f', '-c', '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (part) => {
    text += part;
  });
  await sleep(seconds * 1_000);
  child.kill('SIGINT');
  await new Promise((resolve) => child.once('exit', resolve));
  return countsOf(text);
}

const childrenOf = (pid) =>
  readText(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
const commandOf = (pid) => readText(`/proc/${pid}/cmdline`);

const CALM_TRAITS = [
  { isOwnWall: true, hasKoffi: false },
  { isOwnWall: false, hasKoffi: true },
  { isOwnWall: false, hasKoffi: false },
];
const titleOf = (line, { isOwnWall, hasKoffi }) =>
  `Node ${line}, ${isOwnWall ? 'own' : 'shared'} wall, ${hasKoffi ? 'koffi' : 'no koffi'}`;

/** A guard of a daemon that does nothing, 12 s after its start, and how to end all of it. */
async function startCalm(line, { isOwnWall, hasKoffi }, { limitBytes, companion }) {
  const { hog } = await buildPrograms();
  const node = nodeOf(line);
  const copy = await makeCopy({ ownLimitBytes: isOwnWall ? 256 * MiB : NO_OWN_WALL }, { hasKoffi });
  const container = makeContainer(limitBytes, { isWaiting: false });
  const record = makeRecord(copy.root, 'daemon');
  const guard = container.start(
    [copy.program, 'run', '--companion', companion, '--', hog, record.path, 'grow', '20', '0', '0', '0'],
    { env: { ...copy.environment, PATH: `${dirname(node)}:${copy.environment.PATH}` }, stdio: 'ignore' },
  );
  await until(() => record.read().nowMs > 0, 30_000);
  await sleep(SETTLED_MS);
  return {
    pid: guard.pid,
    node,
    async remove() {
      await container.remove();
      copy.remove();
    },
  };
}

async function measure(line, traits, earlyoomPid) {
  const seconds = Number(values.seconds);
  const guard = await startCalm(line, traits, { limitBytes: LIMIT_BYTES, companion: 'on' });
  const companion = childrenOf(guard.pid).find((pid) => commandOf(pid).includes('companion.cjs'));
  const watched = [guard.pid, companion, earlyoomPid];
  const before = watched.map(scheduledSeconds);
  const descriptors = descriptorsOf(guard.pid);
  const anonymous = kib(guard.pid, 'RssAnon');
  await sleep(seconds * 1_000);
  const spent = watched.map((pid, index) => ((scheduledSeconds(pid) - before[index]) * 3_600) / seconds);
  const counts = await traced(guard.pid, seconds);
  const bare = await bareRssKib(guard.node);
  const memory = ['mmap', 'munmap', 'madvise', 'mprotect', 'brk'].reduce(
    (sum, name) => sum + (counts.get(name) ?? 0),
    0,
  );
  const lines = [
    titleOf(line, traits),
    `  processor s an hour: guard ${spent[0].toFixed(1)}, companion ${spent[1].toFixed(1)}, earlyoom ${spent[2].toFixed(2)}`,
    `  RssAnon MiB: guard ${mebibytes(anonymous)} (bare ${mebibytes(bare)}), after ${2 * seconds} s ${mebibytes(kib(guard.pid, 'RssAnon'))}; companion ${mebibytes(kib(companion, 'RssAnon'))}`,
    `  threads ${kib(guard.pid, 'Threads')}, descriptors ${descriptors}, then ${descriptorsOf(guard.pid)}`,
    `  in ${seconds} s under strace: ${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    `  memory calls ${memory}`,
  ];
  await guard.remove();
  return lines;
}

/** So near a wall that each sleep is the shortest there is (20 ms), and no band acts. */
const NEAR_BYTES = 96 * MiB;

/** A tick is a sleep of the main thread. */
const sleepsOf = (pid) =>
  Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readText(`/proc/${pid}/status`))?.[1]);

async function endure(line, traits) {
  const guard = await startCalm(line, traits, { limitBytes: NEAR_BYTES, companion: 'off' });
  const look = () => ({
    ticks: sleepsOf(guard.pid),
    descriptors: descriptorsOf(guard.pid),
    anonymous: kib(guard.pid, 'RssAnon'),
    faults: faultsOf(guard.pid),
  });
  const first = look();
  await until(() => sleepsOf(guard.pid) >= first.ticks + Number(values.ticks), 3_600_000, 1_000);
  const last = look();
  const change = (name) => `${name} ${first[name]}, then ${last[name]}`;
  const text = `${titleOf(line, traits)}: ${last.ticks - first.ticks} ticks; ${change('descriptors')}; RssAnon ${mebibytes(first.anonymous)}, then ${mebibytes(last.anonymous)} MiB; ${last.faults - first.faults} page faults`;
  await guard.remove();
  return [text];
}

/** minflt and majflt of proc(5), behind the name, which may have spaces. */
function faultsOf(pid) {
  const fields = readText(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[7]) + Number(fields[9]);
}

const obstacle = whyNoLaboratory();
if (obstacle !== null) {
  process.stderr.write(`no bench here: ${obstacle}\n`);
  process.exitCode = 69;
} else {
  const isLong = values.ticks !== '0';
  const results = openResults(isLong ? 'calm-ticks.txt' : 'calm.txt');
  const earlyoom = spawn('earlyoom', ['--dryrun', '-r', '3600'], { stdio: 'ignore' });
  await new Promise((resolve, reject) => earlyoom.once('spawn', resolve).once('error', reject));
  const traits = isLong ? CALM_TRAITS.filter(({ isOwnWall }) => !isOwnWall) : CALM_TRAITS;
  const guards = values.node.flatMap((line) => traits.map((trait) => ({ line, trait })));
  // All in the same minutes, since all of them sleep.
  const told = await Promise.all(
    guards.map(({ line, trait }) => (isLong ? endure(line, trait) : measure(line, trait, earlyoom.pid))),
  );
  kill(earlyoom.pid, 'SIGKILL');
  for (const text of told.flat()) {
    process.stdout.write(`${text}\n`);
    if (!values.throwaway) results.add(text);
  }
}
