// How small `syncguard run` is: memory and threads of the resident process, and the smallest v1 memory cgroup it starts in.
//   node test/bench/resident-size.mjs [NODE...]     (root, v1 memory hierarchy; after npm run build)
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, '../../bin/syncguard');
const OWN = /:memory:(.*)/.exec(readFileSync('/proc/self/cgroup', 'utf8'))[1];
const STEP_BYTES = 1024 * 1024;

const field = (pid, name) =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

/** RssAnon and RssFile in kB, and threads, once the daemon runs. */
async function resident(path) {
  const child = spawn(PROGRAM, ['run', '--companion', 'off', 'sleep', '60'], {
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise((resolve) => child.stderr.once('data', resolve));
  const seen = ['RssAnon', 'RssFile', 'Threads'].map((name) => field(child.pid, name));
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('close', resolve));
  return seen;
}

/** Whether it starts and ends in a cgroup of that many bytes; the daemon and the gate are in it too. */
function startsIn(path, limitBytes, ...options) {
  const directory = join('/sys/fs/cgroup/memory', OWN, `syncguard-bench-${process.pid}`);
  mkdirSync(directory);
  try {
    writeFileSync(join(directory, 'memory.limit_in_bytes'), String(limitBytes));
    const script = `echo $$ >'${directory}/cgroup.procs'; exec "$@"`;
    execFileSync('sh', ['-c', script, 'sh', PROGRAM, 'run', '--quiet', ...options, 'sh', '-c', 'exit 0'], {
      env: { ...process.env, PATH: path },
      stdio: 'ignore',
      timeout: 30_000,
      killSignal: 'SIGKILL',
    });
    return true;
  } catch {
    return false;
  } finally {
    clear(directory);
  }
}

/** What the OOM killer left of a start that did not fit: a guard's rooms, a keeper. */
function clear(directory) {
  for (let left = 40; left > 0; left -= 1) {
    const rooms = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const room of [...rooms.map(({ name }) => join(directory, name)), directory]) {
      for (const pid of readFileSync(join(room, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
        ignoringEnds(() => process.kill(Number(pid), 'SIGKILL'));
      ignoringEnds(() => rmdirSync(room));
    }
    if (!existsSync(directory)) return;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

function ignoringEnds(act) {
  try {
    act();
  } catch {
    // It has ended meanwhile, or is about to.
  }
}

/** Smallest whole MiB in which it starts three times of three. */
function smallest(path, ...options) {
  for (let mebibytes = 2; mebibytes < 256; mebibytes += 1)
    if ([1, 2, 3].every(() => startsIn(path, mebibytes * STEP_BYTES, ...options))) return mebibytes;
  return null;
}

for (const node of process.argv.slice(2).length > 0 ? process.argv.slice(2) : [process.execPath]) {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-bench-'));
  symlinkSync(node, join(directory, 'node'));
  const path = `${directory}:${process.env.PATH}`;
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  const bare = execFileSync(
    node,
    [
      '-e',
      `process.stdout.write(require('fs').readFileSync('/proc/self/status', 'utf8').match(/RssAnon:\\s+(\\d+)/)[1])`,
    ],
    { encoding: 'utf8' },
  );
  const [anon, file, threads] = await resident(path);
  const guarded = smallest(path, '--on-unknown', 'start');
  const counted = smallest(path, '--on-unknown', 'refuse');
  console.log({
    version,
    bareRssAnonKb: Number(bare),
    rssAnonKb: anon,
    rssFileKb: file,
    threads,
    startsInMib: guarded,
    gateAnswersInMib: counted,
  });
  rmSync(directory, { recursive: true });
}
