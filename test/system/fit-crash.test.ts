// fit killed at every call that changes a file: what is there then is the old or the new, and --undo knows the way back.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fitPlace } from '../support/fit-place.ts';
import { CHANGING_CALLS, killAtEach } from '../support/kill-at-calls.ts';
import { hasProgram, isMet } from '../support/need.ts';

const isHere = isMet(hasProgram('strace'), 'strace kills fit at a system call');
const place = fitPlace({ Calibre: 60, Photos: 20 });
const stignore = join(place.tree, '.stignore');
const OLD = '// mine\n*.tmp\n';
const WALL = ['-f', place.tableWithBarrier(570_000)];
afterAll(place.remove);

const command = (...words: readonly string[]) => ({
  words: ['fit', ...words],
  environment: place.environment,
  calls: CHANGING_CALLS,
});

const content = (): string => readFileSync(stignore, 'utf8');

const reset = (): void => {
  rmSync(place.journal, { recursive: true, force: true });
  writeFileSync(stignore, OLD);
};

/** Nothing applied is no error here: it had not come so far. */
function undo(): void {
  expect([0, 66]).toContain(place.fit(['--undo']).status);
  expect(content()).toBe(OLD);
  expect(place.fit(['--undo']).status).toBe(66);
  expect(readdirSync(place.tree).sort()).toEqual(['.stfolder', '.stignore', 'Calibre', 'Photos']);
}

describe.runIf(isHere)('fit killed at any change', () => {
  reset();
  // Also makes the compiled code and the kernel's sizes be remembered, which are files of their own.
  place.fit([...WALL, '--apply']);
  const NEW = content();

  it('has applied nothing, or all of it, and is taken back', () => {
    expect(NEW.endsWith(`/Calibre\n${OLD}`)).toBe(true);
    const seen: string[] = [];
    const kills = killAtEach(command(...WALL, '--apply'), reset, (where) => {
      expect([OLD, NEW], where).toContain(content());
      seen.push(content());
      undo();
    });
    // Three files are written, each made whole, flushed and renamed: what was there, the journal, the list.
    expect([kills >= 3 * 4, new Set(seen).size]).toEqual([true, 2]);
  });

  it('has taken nothing back, or all of it, and goes on where it was', () => {
    const seen: string[] = [];
    const apply = (): void => {
      reset();
      expect(place.fit([...WALL, '--apply']).status).toBe(0);
    };
    const kills = killAtEach(command('--undo'), apply, (where) => {
      expect([OLD, NEW], where).toContain(content());
      seen.push(content());
      undo();
    });
    expect([kills >= 2 * 4, new Set(seen).size]).toEqual([true, 2]);
  });
});
