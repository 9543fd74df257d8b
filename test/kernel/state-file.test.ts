import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStateFile, writeStateFile } from '../../src/kernel/state-file.ts';

let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-state-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe('a state file', () => {
  it('reads back what was written, and leaves nothing beside it', () => {
    const path = join(place, 'new/deep/state.json');
    expect(writeStateFile(path, { roots: ['a'] })).toEqual({ ok: true, value: null });
    expect(readStateFile(path)).toEqual({ roots: ['a'] });
    expect(readdirSync(join(place, 'new/deep'))).toEqual(['state.json']);
  });

  it('that is missing, cut or no JSON is no state', () => {
    writeFileSync(join(place, 'cut.json'), '{"roots":["a"');
    expect([readStateFile(join(place, 'none.json')), readStateFile(join(place, 'cut.json'))]).toEqual([
      null,
      null,
    ]);
  });

  it('that cannot be written is an errno, never a throw, and the old one stays', () => {
    const path = join(place, 'state.json');
    writeStateFile(path, 1);
    expect(writeStateFile(join(path, 'below-a-file.json'), 2)).toMatchObject({ ok: false });
    expect(readStateFile(path)).toBe(1);
  });
});
