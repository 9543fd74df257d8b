// Whether a daemon below a wall of its own ever gets beyond it, and what the container around it notices. Where there is no
// such wall, how far it gets is in reaction.mjs.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  buildPrograms,
  inParallel,
  kill,
  MiB,
  makeContainer,
  makeCopy,
  makeRecord,
  openResults,
  readNumber,
  sleep,
  until,
  whyNoLaboratory,
} from './laboratory.mjs';

const LIMIT_BYTES = 512 * MiB;
/** Time to reach the wall, be paused or told to end, and be looked at. */
const WATCHED_MS = 4_000;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100' },
    parallel: { type: 'string', default: '4' },
    wall: { type: 'string', default: '3' },
    throwaway: { type: 'boolean', default: false },
  },
});
const wallBytes = Number(values.wall) * MiB;

async function runOnce(kind) {
  const { hog } = await buildPrograms();
  const copy = await makeCopy(
    { ownLimitBytes: wallBytes, verdict: 'throttle', reason: 'touched-braked' },
    { hasKoffi: false },
  );
  const container = makeContainer(LIMIT_BYTES, { isWaiting: false });
  const record = makeRecord(copy.root, 'daemon');
  const directory = join(copy.root, 'watched');
  mkdirSync(directory);
  const words = kind === 'watch' ? ['watch', directory, '0'] : ['grow', '0', '0', '500', '100000'];
  const guard = container.start(
    [copy.program, 'run', '--companion', 'off', '--', hog, record.path, ...words],
    {
      env: copy.environment,
      stdio: 'ignore',
    },
  );
  let end = null;
  guard.once('exit', (status, signal) => {
    end = signal ?? status;
  });
  const room = join(container.directory, `syncguard-${guard.pid}`);
  let most = 0;
  let beyond = 0;
  const isStarted = await until(() => record.read().nowMs > 0 || end !== null, 30_000);
  const until_ = performance.now() + WATCHED_MS;
  while (end === null && existsSync(room) && performance.now() < until_) {
    const reached = readNumber(join(room, 'memory.max_usage_in_bytes'));
    // Read after: at a stop the guard raises it, so that TERM can be heard.
    const limit = readNumber(join(room, 'memory.limit_in_bytes'));
    most = Math.max(most, reached || 0);
    beyond = Math.max(beyond, (reached || 0) - limit);
    await sleep(2);
  }
  const refused = container.number('memory.failcnt');
  const { heldBytes, objects } = record.read();
  const how = end ?? 'held';
  kill(guard.pid, 'SIGKILL');
  await container.remove();
  copy.remove();
  const found = !isStarted || most === 0 ? 'unread' : beyond > 0 || refused > 0 ? 'beyond' : 'within';
  return `${kind} ${found} wall-MB=${(wallBytes / 1e6).toFixed(2)} most-MB=${(most / 1e6).toFixed(2)} asked-MB=${(heldBytes / 1e6).toFixed(2)} objects=${objects} container-refused=${refused} end=${how}`;
}

const obstacle = whyNoLaboratory();
if (obstacle !== null) {
  process.stderr.write(`no bench here: ${obstacle}\n`);
  process.exitCode = 69;
} else {
  const results = openResults(`overshoot-own-wall-${values.wall}-MiB.txt`);
  const lines = values.throwaway ? [] : results.lines();
  for (const kind of ['watch', 'grow']) {
    const already = lines.filter((line) => line.startsWith(`${kind} `)).length;
    await inParallel(Math.max(0, Number(values.runs) - already), Number(values.parallel), async () => {
      const line = await runOnce(kind);
      lines.push(line);
      if (values.throwaway) process.stdout.write(`${line}\n`);
      else results.add(line);
    });
    const rows = lines.filter((line) => line.startsWith(`${kind} `));
    const count = (word) => rows.filter((line) => line.includes(` ${word} `)).length;
    process.stdout.write(
      `${kind}, own wall of ${values.wall} MiB: ${count('beyond')} of ${rows.length - count('unread')} beyond it, ${count('unread')} unread\n`,
    );
  }
}
