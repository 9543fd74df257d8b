import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_STARTS, startMemories } from '../../src/sentinel/start-memory.ts';

const room = mkdtempSync(join(tmpdir(), 'syncguard test-'));
afterAll(() => rmSync(room, { recursive: true, force: true }));

describe('what outlives a guard', () => {
  it('is kept apart for each command and its trees', () => {
    const one = startMemories(room, ['/usr/bin/syncthing', '/srv/a']);
    const other = startMemories(room, ['/usr/bin/syncthing', '/srv/b']);
    const hold = { sinceAt: 5, reason: 'five starts in 10 min' };
    expect(one.write({ startsAt: [1, 2], wasStoppedAtWall: true, hold })).toBe(true);
    expect(other.write({ ...NO_STARTS, startsAt: [9] })).toBe(true);
    expect(one.read()).toEqual({ startsAt: [1, 2], wasStoppedAtWall: true, hold });
    expect(other.read()).toEqual({ ...NO_STARTS, startsAt: [9] });
  });

  it('is nothing where nothing, or garbage, was written', () => {
    expect(startMemories(join(room, 'absent'), ['x']).read()).toEqual(NO_STARTS);
    for (const text of ['', '[]', '{"x":7}', '{"x":{"startsAt":["a",null],"hold":3}}', '\u0000']) {
      writeFileSync(join(room, 'starts.json'), text);
      expect(startMemories(room, ['x']).read()).toEqual(NO_STARTS);
    }
  });

  it('that cannot be written is known to this guard alone', () => {
    const memories = startMemories('/proc/self/status', ['x']);
    const hold = { sinceAt: 5, reason: 'five starts in 10 min' };
    expect(memories.write({ ...NO_STARTS, hold })).toBe(false);
    expect(memories.read()).toEqual({ ...NO_STARTS, hold });
    expect(startMemories('/proc/self/status', ['x']).read()).toEqual(NO_STARTS);
  });
});
