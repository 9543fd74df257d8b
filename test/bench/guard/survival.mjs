// How often the guard stops its daemon in a container that is exhausted for 10 s, and lives: README.md says how to run it.
// The container's OOM killer is off, so every charge waits for ever; a sibling that nobody guards takes all that is given
// back. Pass: 10 s later the daemon is frozen or gone, the guard still ticks, and it ends as it should once there is room.
// A guard whose turn comes late on a busy machine is waited for as long as the container is exhausted: one that hangs stays.
// With the OOM killer on, pass is a guard that it has not killed.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  buildPrograms,
  freezerStateOf,
  inParallel,
  intervalOf,
  kill,
  MiB,
  makeContainer,
  makeCopy,
  makeRecord,
  median,
  NO_OWN_WALL,
  nodeOf,
  openResults,
  readText,
  sleep,
  until,
  whyNoLaboratory,
} from './laboratory.mjs';

const LIMIT_BYTES = 192 * MiB;
const OWN_LIMIT_BYTES = 64 * MiB;
const HELD_MS = 10_000;

const LATEST_MS = 60_000;

const DEAF = ['/bin/sh', '-c', 'trap "" TERM; exec "$@"', 'deaf'];
/** In turns: it runs away itself; it sits on a third of the container and another one runs away; the same, and deaf to TERM. */
const COURSES = [
  { name: 'runs-away', before: [], words: ['grow', '20', '1500', '0', '1000000'] },
  { name: 'sits', before: [], words: ['grow', '60', '1500', '0', '0'] },
  { name: 'sits-deaf', before: DEAF, words: ['grow', '60', '1500', '0', '0'] },
];

/** Kernel memory, and next to none of its own. */
const PIPES = [{ name: 'fills-pipes', before: [], words: ['pipes', '20', '1500'] }];

const PROTECTIONS = {
  own: { isOwnWall: true, hasKoffi: false },
  both: { isOwnWall: true, hasKoffi: true },
  locked: { isOwnWall: false, hasKoffi: true },
  warmed: { isOwnWall: false, hasKoffi: false },
};
const CELL = /^(own|both|locked|warmed)-(20|22|24|here)-(warm|cold)(-oom)?(-pipes)?$/;

/** protection-line-binary, as in `locked-20-cold`; behind it `-oom`: the OOM killer is on; `-pipes`: the daemon fills pipes. */
function parseCell(name) {
  const [, protection, line, binary, oom, pipes] = CELL.exec(name) ?? [];
  if (protection === undefined) throw new Error(`no cell ${name}: ${CELL.source}`);
  const courses = pipes === undefined ? COURSES : PIPES;
  return {
    name,
    ...PROTECTIONS[protection],
    line,
    isCold: binary === 'cold',
    isKillerOn: oom !== undefined,
    courses,
  };
}

/** Files that were read by somebody outside are charged there; a copy made inside is charged to the container. */
async function nodeFor({ line, isCold }, container) {
  const program = nodeOf(line);
  readFileSync(program);
  if (!isCold) return { path: dirname(program), remove: () => undefined };
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-bench-node-'));
  const copying = container.start(['cp', program, join(directory, 'node')], { stdio: 'ignore' });
  await new Promise((resolve) => copying.once('exit', resolve));
  return { path: directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

const loadNow = () => readText('/proc/loadavg').split(' ')[0];
const switchesOf = (pid) =>
  Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readText(`/proc/${pid}/status`))?.[1]);
const isGone = (pid) => !/^State:\s+[^ZX]/m.test(readText(`/proc/${pid}/status`));

async function runTrial(cell, number) {
  const { hog } = await buildPrograms();
  const copy = await makeCopy(
    { ownLimitBytes: cell.isOwnWall ? OWN_LIMIT_BYTES : NO_OWN_WALL },
    { hasKoffi: cell.hasKoffi },
  );
  const container = makeContainer(LIMIT_BYTES, { isWaiting: !cell.isKillerOn });
  const node = await nodeFor(cell, container);
  try {
    return await watchOne({ cell, number, hog, copy, container, node });
  } finally {
    await container.remove();
    copy.remove();
    node.remove();
  }
}

async function watchOne({ cell, number, hog, copy, container, node }) {
  const [ours, theirs] = [makeRecord(copy.root, 'daemon'), makeRecord(copy.root, 'sibling')];
  const course = cell.courses[number % cell.courses.length];
  const words = [...course.before, hog, ours.path, ...course.words];
  let said = '';
  const guard = container.start([copy.program, 'run', '--companion', 'off', '--', ...words], {
    env: { ...copy.environment, PATH: `${node.path}:${copy.environment.PATH}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  guard.stderr.on('data', (part) => {
    said += part;
  });
  const ended = new Promise((resolve) => guard.once('exit', (status, signal) => resolve({ status, signal })));
  let end = null;
  void ended.then((how) => {
    end = how;
  });
  if (!(await until(() => ours.read().nowMs > 0, 120_000))) return `failed not-started ${said.trim()}`;
  const daemonPid = Number(/pid (\d+)/.exec(said)?.[1]);
  const protectionOf = () => /guard (locked|only warmed)|in a cgroup of its own/.exec(said)?.[0] ?? 'none';
  const sibling = container.start([hog, theirs.path, 'grow', '0', '1500', '0', '1000000'], {
    stdio: 'ignore',
  });
  if (cell.isKillerOn)
    return await underKiller({ course, copy, guard, sibling, isOver: () => end, said: () => said });
  if (!(await until(container.isExhausted, 20_000))) return `failed not-exhausted ${said.trim()}`;
  const exhaustedAt = performance.now();
  let atLargeAt = exhaustedAt;
  let switches = switchesOf(guard.pid);
  const isStopped = () => isGone(daemonPid) || freezerStateOf(guard.pid).startsWith('F');
  const isHeld = (forMs) => performance.now() < exhaustedAt + forMs;
  while (isHeld(HELD_MS) || (!isStopped() && isHeld(LATEST_MS))) {
    if (!isStopped()) atLargeAt = performance.now();
    if (performance.now() < exhaustedAt + HELD_MS - 2_000) switches = switchesOf(guard.pid);
    await sleep(20);
  }
  const wasExhausted = container.isExhausted();
  const facts = {
    stopped: isStopped(),
    gone: isGone(daemonPid),
    ticks: end === null ? switchesOf(guard.pid) - switches > 0 : end.status === 75,
    afterMs: Math.round(atLargeAt - exhaustedAt),
    exhausted: wasExhausted,
  };
  kill(sibling.pid, 'SIGKILL');
  if (!(await until(() => end !== null, 15_000))) kill(guard.pid, 'SIGTERM');
  await until(() => end !== null, 15_000);
  const how = end === null ? 'hangs' : (end.signal ?? end.status);
  // Who has ended the daemon has nothing left to do; who holds it must go on.
  const isPassed = facts.stopped && (facts.gone || facts.ticks) && how === 75;
  if (end === null) kill(guard.pid, 'SIGKILL');
  leaveFreezer(guard.pid);
  return `${isPassed ? 'passed' : 'failed'} ${course.name} ${protectionOf().replaceAll(' ', '-')} stopped=${facts.stopped} gone=${facts.gone} ticks=${facts.ticks} end=${how} at-large-ms=${facts.afterMs} exhausted-to-the-end=${facts.exhausted} load=${loadNow()}`;
}

/** What the OOM killer leaves: a guard that was not its victim has tidied up, or has kept the record of its stop. */
async function underKiller({ course, copy, guard, sibling, isOver, said }) {
  await until(() => isOver() !== null, HELD_MS, 20);
  const lives = isOver() === null && !isGone(guard.pid);
  kill(sibling.pid, 'SIGKILL');
  if (lives) kill(guard.pid, 'SIGTERM');
  await until(() => isOver() !== null, 15_000);
  const end = isOver();
  const how = end === null ? 'hangs' : (end.signal ?? end.status);
  const hasTidied = !existsSync(join(copy.root, 'runtime', String(guard.pid)));
  leaveFreezer(guard.pid);
  const isPassed = how === 75 || (end !== null && hasTidied);
  const why = /(was|is) (stopped|killed|paused)[^\n]*/.exec(said())?.[0].replaceAll(' ', '-') ?? 'none';
  return `${isPassed ? 'passed' : 'failed'} ${course.name} end=${how} outlived=${lives} tidied=${hasTidied} load=${loadNow()} said=${why}`;
}

function leaveFreezer(pid) {
  const own = /^\d+:freezer:(.*)$/m.exec(readText('/proc/self/cgroup'))[1];
  try {
    rmdirSync(join('/sys/fs/cgroup/freezer', own, `syncguard-${pid}`));
  } catch {
    // The guard removed it, or what is in it is ended with the container.
  }
}

export function summary(name, lines) {
  const passed = lines.filter((line) => line.startsWith('passed'));
  const [low, high] = intervalOf(passed.length, lines.length);
  const loads = lines.map((line) => Number(/ load=([\d.]+)/.exec(line)?.[1])).filter((load) => load >= 0);
  const atLarge = passed.flatMap((line) => Number(/at-large-ms=(\d+)/.exec(line)?.[1] ?? []));
  const times =
    atLarge.length === 0
      ? ''
      : `; at large after exhaustion: median ${median(atLarge)} ms, most ${Math.max(...atLarge)} ms`;
  return `${name}: ${passed.length} of ${lines.length} (95 %: ${low} to ${high})${times}; load ${median(loads)}, most ${Math.max(...loads)}`;
}

const HEAD = `Guard and daemon in one memory cgroup of 192 MiB whose OOM killer is off, exhausted for 10 s; one line per run.
Last column: whether the cgroup was still exhausted at the end of the 10 s.`;

async function runCell(cell, { runs, parallel, isKept }) {
  const results = openResults(`survival-${cell.name}.txt`);
  const lines = isKept ? results.lines() : [];
  if (isKept) results.head(HEAD);
  const already = lines.length;
  await inParallel(Math.max(0, runs - already), parallel, async (index) => {
    const line = await runTrial(cell, already + index);
    lines.push(line);
    if (isKept) results.add(line);
    else process.stdout.write(`${line}\n`);
  });
  process.stdout.write(`${summary(cell.name, lines)}\n`);
}

const { values } = parseArgs({
  options: {
    cell: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
    parallel: { type: 'string', default: '4' },
    throwaway: { type: 'boolean', default: false },
    summary: { type: 'boolean', default: false },
    'why-not': { type: 'boolean', default: false },
  },
});
const obstacle = whyNoLaboratory();
if (values.summary) {
  const directory = join(import.meta.dirname, 'results');
  mkdirSync(directory, { recursive: true });
  for (const file of readdirSync(directory).filter((name) => name.startsWith('survival-')))
    process.stdout.write(`${summary(file.slice(9, -4), openResults(file).lines())}\n`);
} else if (obstacle !== null) {
  process.stderr.write(`no bench here: ${obstacle}\n`);
  process.exitCode = 69;
} else if (!values['why-not']) {
  const options = { runs: Number(values.runs), parallel: Number(values.parallel), isKept: !values.throwaway };
  for (const name of values.cell ?? []) await runCell(parseCell(name), options);
}
