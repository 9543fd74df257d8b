import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { sendSignal } from '../../src/actuators/signal.ts';

describe('a signal', () => {
  it('is sent to a process that lives, and is told when it has gone', async () => {
    const child = spawn('sleep', ['60']);
    const pid = child.pid ?? 0;
    expect(sendSignal(pid, 'SIGTERM')).toBe('sent');
    await once(child, 'close');
    expect(sendSignal(pid, 'SIGTERM')).toBe('gone');
  });

  it.each([0, -1, 1.5, Number.NaN])('is never sent to a group or to everybody: pid %d', (pid) => {
    expect(sendSignal(pid, 'SIGKILL')).toBe('gone');
  });
});
