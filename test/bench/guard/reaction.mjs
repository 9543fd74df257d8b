// From the crossing of a band to a daemon that stands still, and how far it got meanwhile: the guard without a wall of the
// daemon's own, earlyoom (--dryrun: when it would act) and a shell that looks once a second, in turns, on the same ramps.
// With --alone the guard alone, its overshoot held against the fill that was measured in that very run.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';
import {
  buildPrograms,
  inParallel,
  kill,
  MiB,
  makeContainer,
  makeCopy,
  makeRecord,
  median,
  monotonicMs,
  openResults,
  PROJECT,
  readText,
  sleep,
  until,
  whyNoLaboratory,
} from './laboratory.mjs';

const LIMIT_BYTES = 512 * MiB;
const PAUSE_AT = 0.9;
/** Below the throttle band, and few seconds from the pause band at 20 MB/s. */
const HELD_MIB = 400;
/** Ends the slow start: what is measured is the guard that runs for weeks. */
const WAIT_MS = 9_000;
/** Of the guard near a wall without one of the daemon's own (DEFAULT_FLOOR_MS), and what the kernel may take to stop a task. */
const TICK_MS = 20;
const STOPPING_MS = 25;

const stat = (container, row) =>
  Number(new RegExp(`^total_${row} (\\d+)`, 'm').exec(container.text('memory.stat'))[1]);

let share;
/** Of kernel memory, as the guard takes it off. */
async function reclaimableShare() {
  share ??= (async () => {
    const file = join(PROJECT, `node_modules/.cache/syncguard/reclaimable-share-${process.pid}.mjs`);
    const input = join(PROJECT, 'src/kernel/reclaimable-share.ts');
    await build({ input, platform: 'node', output: { file, format: 'esm' }, logLevel: 'silent' });
    const { readReclaimableShare } = await import(pathToFileURL(file).href);
    return readReclaimableShare('') ?? 0;
  })();
  return share;
}

/** Asked bytes at which the cgroup's judged memory passes `atBytes`: what is there already, and page tables besides. */
async function crossingOf(container, record, atBytes) {
  const firmShare = 1 - (await reclaimableShare());
  const kernel = container.number('memory.kmem.usage_in_bytes');
  const others =
    stat(container, 'rss') + stat(container, 'shmem') + kernel * firmShare - record.read().heldBytes;
  return (atBytes - others) / (1 + firmShare / 512);
}

/** What the record says once no more signs of life come, or `when` resolves. */
async function reading(record, standsStill) {
  await until(
    () => record.read().crossedMs > 0 || (record.read().beganMs > 0 && isStill(record, 2_000)),
    60_000,
    2,
  );
  await standsStill();
  const { heldBytes, nowMs, beganMs, crossedMs, crossBytes } = record.read();
  return { heldBytes, nowMs, crossedMs, rampMs: nowMs - beganMs, crossBytes, beganMs };
}

const isStill = (record, durationMs) => monotonicMs() - record.read().nowMs > durationMs;
const stillFor = (record, durationMs) => () => until(() => isStill(record, durationMs), 30_000, 20);

async function underGuard(rate) {
  const { hog } = await buildPrograms();
  const copy = await makeCopy({}, { hasKoffi: true });
  const container = makeContainer(LIMIT_BYTES, { isWaiting: false });
  const record = makeRecord(copy.root, 'daemon');
  const words = [hog, record.path, 'grow', String(HELD_MIB), String(WAIT_MS), String(rate), '100000'];
  const guard = container.start([copy.program, 'run', '--companion', 'off', '--', ...words], {
    env: copy.environment,
    stdio: 'ignore',
  });
  await until(() => record.read().heldBytes >= HELD_MIB * MiB, 60_000);
  await sleep(WAIT_MS - 1_500);
  record.cross(await crossingOf(container, record, PAUSE_AT * LIMIT_BYTES));
  const found = await reading(record, stillFor(record, 500));
  await container.remove();
  copy.remove();
  void guard;
  return found;
}

async function underPoller(rate) {
  const { hog } = await buildPrograms();
  const copy = await makeCopy({}, { hasKoffi: false });
  const container = makeContainer(LIMIT_BYTES, { isWaiting: false });
  const record = makeRecord(copy.root, 'daemon');
  const daemon = container.start(
    [hog, record.path, 'grow', String(HELD_MIB), '2000', String(rate), '100000'],
    {
      stdio: 'ignore',
    },
  );
  await until(() => record.read().heldBytes >= HELD_MIB * MiB, 30_000);
  const at = Math.floor(PAUSE_AT * LIMIT_BYTES);
  const script = `while :; do read -r used <'${container.directory}/memory.usage_in_bytes'; [ "$used" -lt ${at} ] || { kill -STOP ${daemon.pid}; exit; }; sleep 1; done`;
  await sleep(Math.random() * 1_000);
  const poller = spawn('sh', ['-c', script], { stdio: 'ignore' });
  record.cross(at - (container.number('memory.usage_in_bytes') - record.read().heldBytes));
  const found = await reading(record, stillFor(record, 500));
  const isKilled = / oom_kill [1-9]/.test(` ${container.text('memory.oom_control').replaceAll('\n', ' ')}`);
  kill(poller.pid, 'SIGKILL');
  await container.remove();
  copy.remove();
  return { ...found, isKilled };
}

/** It knows the machine alone: the level is 400 MiB below what is available now. */
async function underEarlyoom(rate) {
  const { hog } = await buildPrograms();
  const copy = await makeCopy({}, { hasKoffi: false });
  const container = makeContainer(8 * 1024 * MiB, { isWaiting: false });
  const record = makeRecord(copy.root, 'daemon');
  const available = Number(/^MemAvailable:\s+(\d+)/m.exec(readText('/proc/meminfo'))[1]);
  const below = available - 400 * 1024;
  const earlyoom = spawn(
    'earlyoom',
    ['--dryrun', '-r', '3600', '-M', `${below},${below - 1024}`, '-s', '100'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let actedMs = 0;
  const hear = (part) => {
    if (actedMs === 0 && /low memory!/.test(String(part))) actedMs = monotonicMs();
  };
  earlyoom.stdout.on('data', hear);
  earlyoom.stderr.on('data', hear);
  // The machine's own coming and going is some 50 MiB: further away than that.
  const held = Math.max(0, 400 - Math.max(150, rate * 2));
  container.start(
    [hog, record.path, 'grow', String(held), '1500', String(rate), '6000', '/proc/meminfo', String(below)],
    { stdio: 'ignore' },
  );
  await until(() => record.read().crossedMs > 0 && actedMs > 0, 30_000, 2);
  const { crossedMs } = record.read();
  kill(earlyoom.pid, 'SIGKILL');
  await container.remove();
  copy.remove();
  return { nowMs: actedMs, crossedMs };
}

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    parallel: { type: 'string', default: '2' },
    rate: { type: 'string', multiple: true, default: ['20', '100', '500'] },
    alone: { type: 'boolean', default: false },
    throwaway: { type: 'boolean', default: false },
  },
});

const figure = (value, digits = 1) => value.toFixed(digits);

/** Stopped before the crossing, as far as that can be told from outside: 0. */
const reaction = ({ nowMs, crossedMs }) => (crossedMs === 0 ? 0 : nowMs - crossedMs);
const overshootOf = (guard) => Math.max(0, guard.heldBytes - guard.crossBytes);
/** Bytes a ms, from the beginning of the ramp to the last sign of life. */
const fillOf = (guard) => (guard.heldBytes - HELD_MIB * MiB) / guard.rampMs;
const loadNow = () => readText('/proc/loadavg').split(' ')[0];

function aloneLineOf(rate, guard) {
  const overshoot = overshootOf(guard);
  const bound = fillOf(guard) * (TICK_MS + STOPPING_MS);
  return `${rate} guard-ms=${figure(reaction(guard))} overshoot-MB=${figure(overshoot / 1e6, 2)} bound-MB=${figure(bound / 1e6, 2)} fill-MB-s=${figure(fillOf(guard) / 1e3)} ${overshoot <= bound ? 'within' : 'beyond'} load=${loadNow()}`;
}

function lineOf(rate, { guard, poller, earlyoom }) {
  const fill = fillOf(guard);
  const overshoot = overshootOf(guard);
  const bound = rate * 1e3 * (TICK_MS + STOPPING_MS);
  const isWithin = overshoot <= bound;
  return `${rate} guard-ms=${figure(reaction(guard))} earlyoom-ms=${figure(reaction(earlyoom))} poller-ms=${figure(reaction(poller))} poller-oom-killed=${poller.isKilled} overshoot-MB=${figure(overshoot / 1e6, 2)} bound-MB=${figure(bound / 1e6, 2)} fill-MB-s=${figure(fill / 1e3)} ${isWithin ? 'within' : 'beyond'} load=${loadNow()}`;
}

async function measure(rate) {
  if (values.alone) return aloneLineOf(rate, await underGuard(rate));
  const guard = await underGuard(rate);
  const poller = await underPoller(rate);
  return lineOf(rate, { guard, poller, earlyoom: await underEarlyoom(rate) });
}

function summarize(lines) {
  for (const rate of new Set(lines.map((line) => line.split(' ')[0]))) {
    const rows = lines.filter((line) => line.startsWith(`${rate} `));
    const column = (name) =>
      rows
        .map((line) => Number(new RegExp(` ${name}=(-?[\\d.]+)`).exec(line)?.[1]))
        .filter((value) => !Number.isNaN(value));
    const words = (values.alone ? ['guard'] : ['guard', 'earlyoom', 'poller']).map((who) => {
      // earlyoom sees the whole machine: where somebody else's memory set it off before the ramp did, nothing was measured.
      const times = column(`${who}-ms`).filter((time) => time >= 0);
      return `${who} ${figure(median(times))} / ${figure(Math.max(...times))} (${times.length})`;
    });
    const within = rows.filter((line) => line.includes(' within ')).length;
    process.stdout.write(
      `${rate} MB/s, ms median / most (readings): ${words.join(', ')}; overshoot within fill x (${TICK_MS} + ${STOPPING_MS} ms): ${within} of ${rows.length}, most ${Math.max(...column('overshoot-MB'))} MB\n`,
    );
  }
}

const obstacle = whyNoLaboratory();
if (obstacle !== null) {
  process.stderr.write(`no bench here: ${obstacle}\n`);
  process.exitCode = 69;
} else {
  const results = openResults(values.alone ? 'overshoot-shared-wall.txt' : 'reaction.txt');
  const lines = values.throwaway ? [] : results.lines();
  for (const rate of values.rate) {
    const already = lines.filter((line) => line.startsWith(`${rate} `)).length;
    await inParallel(Math.max(0, Number(values.runs) - already), Number(values.parallel), async () => {
      const line = await measure(Number(rate));
      lines.push(line);
      if (values.throwaway) process.stdout.write(`${line}\n`);
      else results.add(line);
    });
  }
  summarize(lines);
}
