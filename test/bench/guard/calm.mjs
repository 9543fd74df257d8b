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

async function measure(line, { isOwnWall, hasKoffi }, tell) {
  const { hog } = await buildPrograms();
  const seconds = Number(values.seconds);
  const node = nodeOf(line);
  const copy = await makeCopy({ ownLimitBytes: isOwnWall ? 256 * MiB : NO_OWN_WALL }, { hasKoffi });
  const container = makeContainer(LIMIT_BYTES, { isWaiting: false });
  const record = makeRecord(copy.root, 'daemon');
  const guard = container.start(
    [copy.program, 'run', '--companion', 'on', '--', hog, record.path, 'grow', '20', '0', '0', '0'],
    { env: { ...copy.environment, PATH: `${dirname(node)}:${copy.environment.PATH}` }, stdio: 'ignore' },
  );
  const earlyoom = spawn('earlyoom', ['--dryrun', '-r', '3600'], { stdio: 'ignore' });
  earlyoom.on('error', () => undefined);
  await until(() => record.read().nowMs > 0, 30_000);
  await sleep(SETTLED_MS);
  const companion = childrenOf(guard.pid).find((pid) => commandOf(pid).includes('companion.cjs'));
  const watched = [guard.pid, companion, earlyoom.pid].filter(Boolean);
  const before = watched.map(scheduledSeconds);
  const descriptors = descriptorsOf(guard.pid);
  const anonymous = kib(guard.pid, 'RssAnon');
  await sleep(seconds * 1_000);
  const spent = watched.map((pid, index) => ((scheduledSeconds(pid) - before[index]) * 3_600) / seconds);
  const counts = await traced(guard.pid, seconds);
  const bare = await bareRssKib(node);
  const memory = ['mmap', 'munmap', 'madvise', 'mprotect', 'brk'].reduce(
    (sum, name) => sum + (counts.get(name) ?? 0),
    0,
  );
  const wall = isOwnWall ? 'own wall' : 'shared wall';
  tell(`Node ${line}, ${wall}, ${hasKoffi ? 'koffi' : 'no koffi'}`);
  tell(
    `  processor s an hour: guard ${spent[0].toFixed(1)}, companion ${spent[1]?.toFixed(1)}, earlyoom ${spent[2]?.toFixed(2)}`,
  );
  tell(
    `  RssAnon MiB: guard ${mebibytes(anonymous)} (bare ${mebibytes(bare)}), after ${2 * seconds} s ${mebibytes(kib(guard.pid, 'RssAnon'))}; companion ${mebibytes(kib(companion, 'RssAnon'))}`,
  );
  tell(
    `  threads ${kib(guard.pid, 'Threads')}, descriptors ${descriptors}, then ${descriptorsOf(guard.pid)}`,
  );
  tell(
    `  in ${seconds} s under strace: ${[...counts].map(([name, count]) => `${name} ${count}`).join(', ')}`,
  );
  tell(`  memory calls ${memory}`);
  kill(earlyoom.pid, 'SIGKILL');
  await container.remove();
  copy.remove();
}

const obstacle = whyNoLaboratory();
if (obstacle !== null) {
  process.stderr.write(`no bench here: ${obstacle}\n`);
  process.exitCode = 69;
} else {
  const results = openResults('calm.txt');
  const tell = (text) => {
    process.stdout.write(`${text}\n`);
    if (!values.throwaway) results.add(text);
  };
  for (const line of values.node)
    for (const traits of [
      { isOwnWall: true, hasKoffi: false },
      { isOwnWall: false, hasKoffi: true },
      { isOwnWall: false, hasKoffi: false },
    ])
      await measure(line, traits, tell);
}
