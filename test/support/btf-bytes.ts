// Writes BTF, for tests of its parser: structures by name, and whatever else lies between them.

export interface BtfStruct {
  readonly name: string;
  readonly sizeBytes: number;
  /** [name, offset in bits]; '' is an anonymous member. */
  readonly members?: readonly (readonly [string, number])[];
  /** Members carry a bit-field's width in their upper 8 bits. */
  readonly hasBitfields?: boolean;
}

/** A record of another kind: its number, its vlen, and the words behind its three. */
export interface BtfOther {
  readonly kind: number;
  readonly vlen?: number;
  readonly words: readonly number[];
}

export interface BtfOptions {
  readonly isLittleEndian?: boolean;
  /** String bytes of the file this one continues. */
  readonly baseStringBytes?: number;
  /** Names taken from the base, by offset. */
  readonly baseNames?: Readonly<Record<string, number>>;
}

const KIND_STRUCT = 4;

export function btfBytes(types: readonly (BtfStruct | BtfOther)[], options: BtfOptions = {}): Uint8Array {
  const { isLittleEndian = true, baseStringBytes = 0, baseNames = {} } = options;
  let strings = baseStringBytes === 0 ? '\0' : '';
  const offsetOf = (name: string): number => {
    if (name === '') return 0;
    const inBase = baseNames[name];
    if (inBase !== undefined) return inBase;
    const at = strings.length + baseStringBytes;
    strings += `${name}\0`;
    return at;
  };
  const words = types.flatMap((type) => ('kind' in type ? otherWords(type) : structWords(type, offsetOf)));
  const bytes = new Uint8Array(24 + words.length * 4 + strings.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0xeb9f, isLittleEndian);
  view.setUint8(2, 1);
  const header = [24, 0, words.length * 4, words.length * 4, strings.length];
  for (const [n, word] of [...header, ...words].entries()) view.setUint32(4 + n * 4, word, isLittleEndian);
  bytes.set(Buffer.from(strings, 'latin1'), 24 + words.length * 4);
  return bytes;
}

function structWords(struct: BtfStruct, offsetOf: (name: string) => number): number[] {
  const members = struct.members ?? [];
  const info = ((struct.hasBitfields ? 1 : 0) * 2 ** 31 + (KIND_STRUCT << 24) + members.length) >>> 0;
  return [
    offsetOf(struct.name),
    info,
    struct.sizeBytes,
    ...members.flatMap(([name, bits]) => [offsetOf(name), 1, bits]),
  ];
}

const otherWords = ({ kind, vlen = 0, words }: BtfOther): number[] => [0, (kind << 24) + vlen, 0, ...words];

/** What a kernel's vmlinux must describe for its constants to be read; sizes of 6.18 on x86_64. */
export const KERNEL_STRUCTS: readonly BtfStruct[] = [
  {
    name: 'dentry',
    sizeBytes: 192,
    members: [
      ['d_flags', 0],
      ['', 256],
      ['d_shortname', 56 * 8],
      ['d_op', 96 * 8],
      ['d_sb', 104 * 8],
    ],
  },
  { name: 'external_name', sizeBytes: 24, members: [['name', 24 * 8]] },
  { name: 'inode', sizeBytes: 616 },
  { name: 'inotify_inode_mark', sizeBytes: 80 },
  { name: 'file', sizeBytes: 184 },
  { name: 'buffer_head', sizeBytes: 104 },
  { name: 'shmem_inode_info', sizeBytes: 744 },
];
