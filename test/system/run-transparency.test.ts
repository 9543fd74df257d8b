// Under `run` a command finds what it would have found without.
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd, start } from '../support/ending.ts';
import { type Installation, install } from '../support/installation.ts';
import { hasProgram, isMet } from '../support/need.ts';

let installation: Installation;
beforeAll(async () => {
  installation = await install();
});
afterAll(() => installation.remove());

/** Standard output of a shell script, bare and under run: what a wrapper must not change. */
async function bareAndGuarded(script: string, env: Record<string, string> = {}): Promise<[string, string]> {
  const environment = { PATH: process.env['PATH'] ?? '', ...env };
  const call = { PROGRAM: installation.program };
  const bare = await runToEnd('sh', ['-c', script.replaceAll('RUN', '')], { env: environment });
  const guarded = await runToEnd('sh', ['-c', script.replaceAll('RUN', `"${call.PROGRAM}" run -q`)], {
    env: environment,
  });
  return [bare.stdout, guarded.stdout];
}

describe('a command under run finds', () => {
  it.each([
    [
      'its words',
      `RUN printf '%s|' a 'b c' '' '*' '$HOME' "d'e" '"' 'line
two'`,
    ],
    ['its working directory', 'cd /usr && RUN pwd'],
    ['its umask', 'umask 027; RUN sh -c umask'],
    ['its open descriptors', 'exec 3</dev/null 5</dev/null; RUN ls /proc/self/fd'],
    ['what its extra descriptors are', 'exec 4</etc/hostname; RUN readlink /proc/self/fd/4'],
    [
      'its closed standard input closed',
      'exec <&-; RUN sh -c "[ -e /proc/self/fd/0 ] && echo open || echo closed"',
    ],
    ['its soft limit of open files', 'ulimit -S -n 99; RUN sh -c "ulimit -S -n; ulimit -H -n"'],
    ['its ignored signals', "trap '' HUP PIPE QUIT USR2; RUN grep -E 'SigIgn|SigBlk' /proc/self/status"],
    ['no signal ignored that was not', 'RUN grep -E "SigIgn|SigBlk|SigCgt" /proc/self/status'],
    ['its standard input, whole', 'printf "a\\nb" | RUN cat'],
    [
      'its name as it was typed',
      "RUN sh -c \"tr '\\0' ' ' </proc/self/cmdline\" me; RUN cat /proc/self/cmdline",
    ],
    [
      'words and variables that are not UTF-8',
      `v=$(printf 'x\\351\\377') && V=$v RUN sh -c 'printf %s "$V$1" | od -c' me "$v"`,
    ],
    ['its niceness', 'nice -n 5 RUN nice'],
    [
      'the same files on standard output and error',
      'RUN readlink /proc/self/fd/1 2>&1 >/dev/null; RUN sh -c "[ /proc/self/fd/1 -ef /dev/null ] && echo null >&2" 2>&1 >/dev/null',
    ],
  ])('%s', async (_, script) => {
    const [bare, guarded] = await bareAndGuarded(script);
    expect(guarded).toBe(bare);
  });

  it('its environment, NODE_OPTIONS and libuv’s pool included, and nothing of ours', async () => {
    const environment = {
      NODE_OPTIONS: '--max-old-space-size=99',
      UV_THREADPOOL_SIZE: '3',
      SYNCGUARD_STOP_AT: '90%',
      EMPTY: '',
      LINES: 'a\nb',
      name: 'lower',
      _: '/x',
    };
    const [bare, guarded] = await bareAndGuarded('RUN env -0 | sort -z | tr "\\0" "|"', environment);
    const shared = guarded.replace(/SYNCGUARD_RUN=[\d-]+\|/, '');
    expect(shared).toBe(bare);
  });

  it('a session of its own, where there is no terminal', async () => {
    const script = 'setsid -w RUN sh -c \'cut -d" " -f1,5,6 /proc/$$/stat\'';
    const [, guarded] = await bareAndGuarded(script);
    const [pid, group, session] = guarded.trim().split(' ');
    expect(pid).toMatch(/^\d+$/);
    expect([group, session]).toEqual([pid, pid]);
  });

  it('itself under its own program’s name through a link, as npm makes one', async () => {
    const link = join(installation.root, 'linked syncguard');
    symlinkSync('bin/syncguard', link);
    expect((await runToEnd(link, ['run', '-q', 'echo', 'ran'])).stdout).toBe('ran\n');
    expect((await runToEnd('busybox', ['sh', link, 'run', '-q', 'echo', 'ran'])).stdout).toBe('ran\n');
    expect((await runToEnd('bash', [link, 'run', '-q', 'echo', 'ran'])).stdout).toBe('ran\n');
  });
});

describe('a signal', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const)(
    '%s to the guard reaches the daemon, once',
    async (signal) => {
      const script = `trap 'echo told ${signal}' ${signal.slice(3)}; echo up; read -r _; echo ended`;
      const running = start(installation.program, ['run', '-q', 'sh', '-c', script]);
      await running.seen('up');
      process.kill(running.pid, signal);
      await running.seen(`told ${signal}`);
      running.write('\n');
      expect((await running.ended).stdout.match(/told/g)).toHaveLength(1);
    },
  );

  it('that ends a daemon ends run by the same signal', async () => {
    const running = start(installation.program, ['run', '-q', 'sh', '-c', 'echo up; exec sleep 60']);
    await running.seen('up');
    process.kill(running.pid, 'SIGTERM');
    expect(await running.ended).toMatchObject({ status: null, signal: 'SIGTERM' });
  });

  it('HUP under nohup ends neither', async () => {
    const running = start('nohup', [
      installation.program,
      'run',
      '-q',
      'sh',
      '-c',
      'echo up; read -r _; echo ended',
    ]);
    await running.seen('up');
    process.kill(running.pid, 'SIGHUP');
    running.write('\n');
    expect((await running.ended).stdout).toContain('ended');
  });
});

describe.runIf(isMet(hasProgram('script'), 'script(1) is not installed: no terminal to try'))(
  'on a terminal',
  () => {
    /** Runs under a terminal of its own, whose foreground group is the command's. */
    const onTerminal = (words: string) =>
      start('script', ['-qefc', `exec '${installation.program}' run -q ${words}`, '/dev/null']);

    it('the daemon has it: the same three descriptors, the same group and session, the foreground', async () => {
      const show =
        'for n in 0 1 2; do [ -t $n ] && echo tty$n; done; tty; cut -d" " -f5,6,8 /proc/$$/stat; cut -d" " -f5,6,8 /proc/$PPID/stat';
      const { stdout } = await onTerminal(`sh -c '${show.replaceAll("'", "'\\''")}'`).ended;
      const lines = stdout.trim().split('\r\n');
      expect(lines.slice(0, 3)).toEqual(['tty0', 'tty1', 'tty2']);
      expect(lines[3]).toMatch(/^\/dev\/pts\//);
      const [group, , foreground] = (lines[4] ?? '').split(' ');
      expect(lines[4]).toBe(lines[5]);
      expect(foreground).toBe(group);
    });

    it.each([
      ['INT', '\u0003'],
      ['QUIT', '\u001c'],
    ])('a key for %s reaches the daemon once', async (name, key) => {
      const script = `trap "echo told" ${name}; echo up; while :; do read -r line && [ "$line" = end ] && exit 0; done`;
      const running = onTerminal(`sh -c '${script}'`);
      await running.seen('up');
      running.write(key);
      await running.seen('told');
      // A second delivery would come through the guard, which acts within a turn of its loop.
      await new Promise((resolve) => {
        setTimeout(resolve, 300);
      });
      running.write('end\n');
      expect((await running.ended).stdout.match(/told/g)).toHaveLength(1);
    });

    it('Ctrl-C ends a daemon without a handler, and run as it would have ended', async () => {
      const running = onTerminal('sh -c "echo up; exec sleep 60"');
      await running.seen('up');
      running.write('\u0003');
      expect((await running.ended).status).toBe(130);
    });
  },
);
