// Who belongs to the daemon where no cgroup can tell, and who reaps where we are PID 1.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd, start } from '../support/ending.ts';
import { type Installation, install } from '../support/installation.ts';
import { hasProgram, isMet } from '../support/need.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install();
});
afterAll(() => installation.remove());

const isRoot = isMet(process.getuid?.() === 0, 'not root: no other user and no pid namespace to try');

describe.runIf(isRoot)('without permission to make cgroups', () => {
  const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];
  const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const asNobody = (...words: string[]) => runToEnd('setpriv', [...NOBODY, ...words], { env: { PATH } });

  it.each([
    ['in its session', 'sh -c "sleep 1; echo successor ended" & exit 3'],
    ['by its cookie in a session of its own', 'setsid sh -c "sleep 1; echo successor ended" & exit 3'],
  ])('a successor is found %s', async (_, script) => {
    const ended = await asNobody(installation.program, 'run', '-q', 'sh', '-c', script);
    expect([ended.stdout, ended.status]).toEqual(['successor ended\n', 3]);
  });

  it('the cookie is the only variable that run adds', async () => {
    const bare = await asNobody('sh', '-c', 'env | sort');
    const guarded = await asNobody(installation.program, 'run', '-q', 'sh', '-c', 'env | sort');
    expect(guarded.stdout.replace(/^SYNCGUARD_RUN=.*\n/m, '')).toBe(bare.stdout);
    expect(guarded.stdout).not.toBe(bare.stdout);
  });
});

describe.runIf(isRoot && isMet(hasProgram('unshare'), 'unshare(1) is not installed'))('as PID 1', () => {
  const asFirst = (script: string) =>
    start('unshare', [
      '--pid',
      '--fork',
      '--mount-proc',
      installation.program,
      'run',
      '-q',
      'sh',
      '-c',
      script,
    ]);

  it('an orphan is reaped, not left as a zombie', async () => {
    // The orphan ends before it is looked for; unreaped it would be listed as a zombie.
    const script =
      'pid=$( (sh -c "sleep 0.2" & echo $!) ); sleep 1; grep State /proc/$pid/status 2>/dev/null || echo reaped $pid';
    expect((await asFirst(script).ended).stdout).toMatch(/^reaped \d+\n$/);
  });

  it.each([
    ['exit 7', 7],
    ['kill -TERM $$', 143],
    ['kill -SEGV $$', 139],
  ])('%s ends with %i', async (script, status) => {
    expect((await asFirst(`ulimit -c 0; ${script}`).ended).status).toBe(status);
  });

  it('standard input is the daemon’s', async () => {
    const running = asFirst('read -r line; echo "got $line"');
    running.write('this\n');
    expect((await running.ended).stdout).toBe('got this\n');
  });

  it('TERM to PID 1 reaches the daemon, which ends in its own way', async () => {
    // From inside the namespace: its parent's parent is PID 1.
    const running = asFirst('trap "echo told; exit 5" TERM; kill -TERM 1; while :; do sleep 0.1; done');
    expect(await running.ended).toMatchObject({ stdout: 'told\n', status: 5 });
  });
});
