import {
  chmodSync,
  chownSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityOf, readCompiledParts, writeCompiledParts } from '../../src/kernel/compiled-code.ts';

let place = '';
let path = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-compiled-'));
  path = join(place, 'new/compiled-estimate');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const PARTS = [
  { file: '/a/main.cjs', identity: '1:2:3', data: Uint8Array.of(10, 0, 255) },
  { file: '/a/\u00e9t\u00e9.cjs', identity: '4:5.5:6', data: new Uint8Array() },
];
const keep = (): void => writeCompiledParts(path, () => PARTS);
const kept = () => readCompiledParts(path).map((part) => ({ ...part, data: new Uint8Array(part.data) }));

describe('compiled code', () => {
  it('is read back as it was kept, by its owner alone', () => {
    expect(kept()).toEqual([]);
    keep();
    expect(kept()).toEqual(PARTS);
  });

  it('that is cut short, longer or garbled is none', () => {
    keep();
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length += 1) {
      keep();
      truncateSync(path, length);
      expect(kept()).toEqual([]);
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.from('x')]));
    expect(kept()).toEqual([]);
  });

  it('of another Node is none', () => {
    keep();
    const other = readFileSync(path, 'latin1').replace(process.version, 'v1.2.3');
    writeFileSync(path, other, 'latin1');
    expect(kept()).toEqual([]);
  });

  it('that others may write, or that is not ours, is never run', () => {
    keep();
    chmodSync(path, 0o620);
    expect(kept()).toEqual([]);
    chmodSync(path, 0o600);
    expect(kept()).toEqual(PARTS);
    if (process.getuid?.() !== 0) return;
    chownSync(path, 65_534, 65_534);
    expect(kept()).toEqual([]);
  });

  it('that cannot be kept is not even made', () => {
    writeFileSync(join(place, 'plain'), '');
    const made: string[] = [];
    writeCompiledParts(join(place, 'plain/below'), () => {
      made.push('made');
      return PARTS;
    });
    expect(made).toEqual([]);
  });

  it('belongs to one writing of its source, whatever its length', () => {
    const source = join(place, 'source.cjs');
    writeFileSync(source, 'one');
    const before = identityOf(source);
    writeFileSync(source, 'two');
    expect(identityOf(source)).not.toBe(before);
  });
});
