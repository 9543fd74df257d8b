import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ProcessWatch, watchProcess } from '../../src/kernel/process-watch.ts';

function watched(pid: number): ProcessWatch {
  const watch = watchProcess(pid);
  if (!watch.ok) throw new Error(watch.error.detail);
  onTestFinished(() => watch.value.close());
  return watch.value;
}

/** A process that says a word once it runs, and ends when its standard input does. */
async function startChild(command: string, ...parameters: string[]): Promise<ChildProcess> {
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  return child;
}

const pidOf = ({ pid }: ChildProcess): number => pid ?? 0;

describe('a watched process', () => {
  it('is alive until it has been reaped, and never again', async () => {
    const child = await startChild('sh', '-c', 'echo up; read -r word');
    const watch = watched(pidOf(child));
    expect(watch.isAlive()).toBe(true);
    child.stdin?.end();
    await once(child, 'exit');
    expect([watch.isAlive(), watch.isAlive(), watch.residentBytes()]).toEqual([false, false, -1]);
  });

  it('that is a zombie is not alive, and holds nothing', async () => {
    // The shell becomes a program that reaps nobody, so that its child stays a zombie.
    const parent = await startChild('sh', '-c', 'sleep 0.05 & echo $!; exec sleep 1000');
    const [line] = readFileSync(`/proc/${pidOf(parent)}/task/${pidOf(parent)}/children`, 'utf8').split(' ');
    const watch = watched(Number(line));
    const deadline = Date.now() + 10_000;
    while (watch.isAlive() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect([watch.isAlive(), watch.residentBytes()]).toEqual([false, 0]);
    expect(readFileSync(`/proc/${line}/stat`, 'utf8')).toContain(' Z ');
  });

  it('is told by its start time, whatever its name holds', async () => {
    const child = await startChild(
      'sh',
      '-c',
      'printf "%s" ") S (9 x)" > /proc/self/comm; echo up; read -r word',
    );
    const stat = readFileSync(`/proc/${pidOf(child)}/stat`, 'latin1');
    expect(stat).toContain('() S (9 x))');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const watch = watched(pidOf(child));
    expect([watch.startTicks, watch.isAlive()]).toEqual([Number(fields[19]), true]);
    expect(watch.startTicks).toBeGreaterThan(0);
  });

  it('holds its anonymous memory as the kernel counts it', async () => {
    const take =
      'const held = Buffer.alloc(32 * 1024 * 1024, 1); console.log("up"); process.stdin.resume(); held';
    const child = await startChild(process.execPath, '-e', take);
    const status = readFileSync(`/proc/${pidOf(child)}/status`, 'latin1');
    const anonymousBytes = Number(/^RssAnon:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    const bytes = watched(pidOf(child)).residentBytes();
    expect(bytes).toBeGreaterThan(32 * 1024 * 1024);
    // Counters of several processors are summed up at different instants.
    expect(Math.abs(bytes - anonymousBytes)).toBeLessThan(anonymousBytes / 20);
  });

  it('that is not there is a gap', () => {
    expect(watchProcess(2 ** 22)).toMatchObject({ error: { reason: 'absent' } });
  });
});
