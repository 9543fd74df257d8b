import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSlabinfo } from '../../src/formats/slabinfo.ts';

const HEADER = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit>
`;

describe('slabinfo', () => {
  it('tells the object size of each cache', () => {
    const text = `${HEADER}dentry             42840  42840    192   21    1 : tunables    0    0    0 : slabdata   2040   2040      0
kmalloc-rcl-96        42     42     96   42    1 : tunables    0    0    0 : slabdata      1      1      0
`;
    const parsed = parseSlabinfo(text);
    expect(parsed.ok && [...parsed.value]).toEqual([
      ['dentry', 192],
      ['kmalloc-rcl-96', 96],
    ]);
  });

  it('is refused without its header, and a cut line is named', () => {
    expect(parseSlabinfo('').ok).toBe(false);
    expect(parseSlabinfo('dentry 1 1 192 21 1 : tunables').ok).toBe(false);
    const cut = parseSlabinfo(`${HEADER}dentry 42840 428`);
    expect(!cut.ok && cut.error.line).toBe(3);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseSlabinfo(HEADER + text)));
  });
});
