import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Btf, parseBtf } from '../../src/formats/btf.ts';
import { btfBytes } from '../support/btf-bytes.ts';

const parsed = (bytes: Uint8Array, wanted: readonly string[], base: Btf | null = null): Btf => {
  const result = parseBtf(bytes, new Set(wanted), base);
  if (!result.ok) throw new Error(result.error.reason);
  return result.value;
};

const DENTRY = {
  name: 'dentry',
  sizeBytes: 192,
  members: [
    ['d_flags', 0],
    ['d_iname', 56 * 8],
  ],
} as const;

describe('BTF', () => {
  it('tells size and member offsets of the structures asked for, and of no others', () => {
    const { structs } = parsed(btfBytes([{ name: 'file', sizeBytes: 184 }, DENTRY]), ['dentry', 'absent']);
    expect([...structs.keys()]).toEqual(['dentry']);
    expect(structs.get('dentry')?.sizeBytes).toBe(192);
    expect(structs.get('dentry')?.memberOffsets.get('d_iname')).toBe(56);
  });

  it('is read in either byte order', () => {
    const { structs } = parsed(btfBytes([DENTRY], { isLittleEndian: false }), ['dentry']);
    expect(structs.get('dentry')?.sizeBytes).toBe(192);
  });

  it('steps over every other kind by its own length', () => {
    const others = [
      { kind: 1, words: [0] },
      { kind: 2, words: [] },
      { kind: 3, words: [0, 0, 0] },
      { kind: 5, vlen: 2, words: [0, 0, 0, 0, 0, 0] },
      { kind: 6, vlen: 2, words: [0, 0, 0, 0] },
      { kind: 7, words: [] },
      { kind: 8, words: [] },
      { kind: 9, words: [] },
      { kind: 10, words: [] },
      { kind: 11, words: [] },
      { kind: 12, words: [] },
      { kind: 13, vlen: 1, words: [0, 0] },
      { kind: 14, words: [0] },
      { kind: 15, vlen: 1, words: [0, 0, 0] },
      { kind: 16, words: [] },
      { kind: 17, words: [0] },
      { kind: 18, words: [] },
      { kind: 19, vlen: 1, words: [0, 0, 0] },
    ];
    for (const other of others) {
      const { structs } = parsed(btfBytes([other, DENTRY]), ['dentry']);
      expect(structs.get('dentry')?.sizeBytes, `after kind ${other.kind}`).toBe(192);
    }
  });

  it('takes the first of two structures of one name', () => {
    const { structs } = parsed(btfBytes([DENTRY, { name: 'dentry', sizeBytes: 8 }]), ['dentry']);
    expect(structs.get('dentry')?.sizeBytes).toBe(192);
  });

  it("keeps a bit-field's width out of its offset", () => {
    const width = 5 * 2 ** 24;
    const bytes = btfBytes([
      { name: 'x', sizeBytes: 8, hasBitfields: true, members: [['bits', width + 32]] },
    ]);
    expect(parsed(bytes, ['x']).structs.get('x')?.memberOffsets.get('bits')).toBe(4);
  });

  it("reads a module's names from its own strings and from the kernel's", () => {
    const base = parsed(btfBytes([DENTRY]), []);
    const baseStringBytes = base.strings.bytes.length;
    // 'd_flags' is in the kernel's strings, behind the empty one and 'dentry'.
    const baseNames = { d_flags: '\0dentry\0'.length };
    const inode = { name: 'ext4_inode_info', sizeBytes: 1120, members: [['d_flags', 8]] as const };
    const { structs } = parsed(btfBytes([inode], { baseStringBytes, baseNames }), ['ext4_inode_info'], base);
    expect(structs.get('ext4_inode_info')?.sizeBytes).toBe(1120);
    expect(structs.get('ext4_inode_info')?.memberOffsets.get('d_flags')).toBe(1);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['another file', new TextEncoder().encode('Version: 2.5, and then some more text')],
    ['a kind of the future', btfBytes([{ kind: 31, words: [] }])],
    ['a kind of zero', btfBytes([{ kind: 0, words: [] }])],
  ])('refuses %s', (_, bytes) => {
    expect(parseBtf(bytes, new Set(['dentry']), null).ok).toBe(false);
  });

  it('refuses sections that lie outside the file, and never throws on a cut or damaged one', () => {
    const whole = btfBytes([DENTRY, { name: 'file', sizeBytes: 184 }]);
    for (let length = 0; length < whole.length; length++)
      expect(parseBtf(whole.subarray(0, length), new Set(['dentry']), null).ok).toBe(false);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const damaged = Uint8Array.from(whole);
        damaged[at] = byte;
        expect(() => parseBtf(damaged, new Set(['dentry', 'file']), null)).not.toThrow();
      }),
    );
  });
});
