// BTF, the kernel's own description of its structures (Documentation/bpf/btf.rst), as /sys/kernel/btf/* tells it to anyone.
// Knows: the header, the type records, the string table. May not know: which structures matter, or where a file lies.
// Our own because one pass for a dozen names over 5 MB must cost tens of milliseconds, and no package does less.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';

export interface StructLayout {
  readonly sizeBytes: number;
  /** Byte offset of each named member, in declaration order. */
  readonly memberOffsets: ReadonlyMap<string, number>;
}

/** String table of a file, with where it begins for files that continue another one (kernel modules). */
interface BtfStrings {
  readonly bytes: Uint8Array;
  readonly base: BtfStrings | null;
}

export interface Btf {
  readonly structs: ReadonlyMap<string, StructLayout>;
  readonly strings: BtfStrings;
}

const MAGIC = 0xeb9f;
/** struct btf_header of version 1. */
const HEADER_BYTES = 24;
const TYPE_BYTES = 12;
const MEMBER_BYTES = 12;
const KIND_STRUCT = 4;

/** Bytes after the 12 of each kind's btf_type, as a fixed part and a part per `vlen`; kinds not listed have none. */
const TRAILER_OF: ReadonlyMap<number, readonly [fixed: number, perItem: number]> = new Map([
  [1, [4, 0]], // INT
  [3, [12, 0]], // ARRAY
  [4, [0, MEMBER_BYTES]], // STRUCT
  [5, [0, MEMBER_BYTES]], // UNION
  [6, [0, 8]], // ENUM
  [13, [0, 8]], // FUNC_PROTO
  [14, [4, 0]], // VAR
  [15, [0, 12]], // DATASEC
  [17, [4, 0]], // DECL_TAG
  [19, [0, 12]], // ENUM64
]);
const NO_TRAILER = [0, 0] as const;
/** BTF_KIND_ENUM64, the last kind there is (6.18): a larger one has a trailer of unknown length. */
const LAST_KIND = 19;

interface Sections {
  readonly view: DataView;
  readonly isLittleEndian: boolean;
  readonly typesAt: number;
  readonly typesEnd: number;
  readonly strings: BtfStrings;
}

/** Layouts of the wanted structures; a module's file needs its vmlinux as `base`. Structures not in it are just missing. */
export function parseBtf(
  bytes: Uint8Array,
  wanted: ReadonlySet<string>,
  base: Btf | null,
): Result<Btf, Malformed> {
  const sections = parseHeader(bytes, base?.strings ?? null);
  if (!sections.ok) return sections;
  return parseTypes(sections.value, wanted);
}

function parseHeader(bytes: Uint8Array, base: BtfStrings | null): Result<Sections, Malformed> {
  if (bytes.length < HEADER_BYTES) return failure({ reason: 'shorter than a BTF header', line: 0 });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittleEndian = view.getUint16(0, true) === MAGIC;
  if (!isLittleEndian && view.getUint16(0, false) !== MAGIC)
    return failure({ reason: 'no BTF magic', line: 0 });
  const word = (at: number): number => view.getUint32(at, isLittleEndian);
  const body = word(4);
  const typesAt = body + word(8);
  const typesEnd = typesAt + word(12);
  const stringsAt = body + word(16);
  const stringsEnd = stringsAt + word(20);
  if (body < HEADER_BYTES || typesEnd > bytes.length || stringsEnd > bytes.length)
    return failure({ reason: 'sections lie outside the file', line: 0 });
  const strings: BtfStrings = { bytes: bytes.subarray(stringsAt, stringsEnd), base };
  return success({ view, isLittleEndian, typesAt, typesEnd, strings });
}

function parseTypes(sections: Sections, wanted: ReadonlySet<string>): Result<Btf, Malformed> {
  const { view, isLittleEndian, typesAt, typesEnd, strings } = sections;
  const structs = new Map<string, StructLayout>();
  const longest = Math.max(0, ...[...wanted].map((name) => name.length));
  for (let at = typesAt; at < typesEnd; ) {
    const bytes = recordBytes(sections, at);
    if (bytes === null) return failure({ reason: `no whole type record at byte ${at}`, line: 0 });
    const info = view.getUint32(at + 4, isLittleEndian);
    if (kindOf(info) === KIND_STRUCT) {
      const name = readString(strings, view.getUint32(at, isLittleEndian), longest);
      if (wanted.has(name) && !structs.has(name)) structs.set(name, readStruct(sections, at, info));
    }
    at += bytes;
  }
  return success({ structs, strings });
}

const kindOf = (info: number): number => (info >>> 24) & 0x1f;

/** null when the record is cut off or of a kind whose length is unknown. */
function recordBytes({ view, isLittleEndian, typesEnd }: Sections, at: number): number | null {
  if (at + TYPE_BYTES > typesEnd) return null;
  const info = view.getUint32(at + 4, isLittleEndian);
  const kind = kindOf(info);
  if (kind === 0 || kind > LAST_KIND) return null;
  const [fixed, perItem] = TRAILER_OF.get(kind) ?? NO_TRAILER;
  const bytes = TYPE_BYTES + fixed + perItem * (info & 0xffff);
  return at + bytes > typesEnd ? null : bytes;
}

function readStruct({ view, isLittleEndian, strings }: Sections, at: number, info: number): StructLayout {
  const memberOffsets = new Map<string, number>();
  // kind_flag: the upper 8 bits of a member's offset are a bit-field's width.
  const mask = info >>> 31 === 1 ? 0xffffff : 0xffffffff;
  for (let item = 0; item < (info & 0xffff); item += 1) {
    const member = at + TYPE_BYTES + item * MEMBER_BYTES;
    const name = readString(strings, view.getUint32(member, isLittleEndian), LONGEST_MEMBER_BYTES);
    const offsetBits = (view.getUint32(member + 8, isLittleEndian) & mask) >>> 0;
    // Anonymous unions have no name and still end the member before them.
    memberOffsets.set(name === '' ? `#${item}` : name, Math.floor(offsetBits / 8));
  }
  return { sizeBytes: view.getUint32(at + 8, isLittleEndian), memberOffsets };
}

const LONGEST_MEMBER_BYTES = 63;

/** The string at an offset, cut after `most` bytes (longer ones match no wanted name); '' beyond the table. */
function readString(strings: BtfStrings, offset: number, most: number): string {
  const baseBytes = strings.base?.bytes.length ?? 0;
  const [bytes, start] =
    strings.base !== null && offset < baseBytes
      ? [strings.base.bytes, offset]
      : [strings.bytes, offset - baseBytes];
  let text = '';
  for (let at = start; at < bytes.length && text.length <= most; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
