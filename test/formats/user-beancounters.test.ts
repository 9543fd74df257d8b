import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BeancounterRow, BeancounterTable } from '../../src/formats/beancounter-table.ts';
import { parseBeancounterRows, parseUserBeancounters } from '../../src/formats/user-beancounters.ts';
import { fixture, host, SAMPLES } from './parsers.ts';

const WHOLE = [...SAMPLES].filter(([name]) => !name.endsWith('.partial'));
const ORIGIN = '028stab-x86_64-origin-1and1-2012-05';

function table(text: string): BeancounterTable {
  const parsed = parseUserBeancounters(text);
  if (!parsed.ok) throw new Error(`line ${parsed.error.line}: ${parsed.error.reason}`);
  return parsed.value;
}

function row(text: string, name: string, block = 0): BeancounterRow {
  const found = table(text).blocks[block]?.rows.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

const sample = (name: string): string => SAMPLES.get(name) ?? '';

/** A row as a 64-bit kernel prints it. */
const line = (uid: string, name: string, numbers: readonly (string | number)[]): string =>
  `${(uid === '' ? '' : `${uid}:`).padStart(11)}  ${name.padEnd(12)} ${numbers.map((n) => String(n).padStart(20)).join(' ')}`;

const NAMES = sample(ORIGIN)
  .split('\n')
  .slice(2, 26)
  .map((one) => one.slice(12).trim().split(' ')[0] ?? '');
const HEAD = sample(ORIGIN).split('\n').slice(0, 2);

const render = (blocks: readonly { uid: string; numbers: (string | number)[][] }[]): string =>
  [
    ...HEAD,
    ...blocks.flatMap(({ uid, numbers }) =>
      NAMES.map((name, index) => line(index === 0 ? uid : '', name, numbers[index] ?? [])),
    ),
    '',
  ].join('\n');

const zeros = (): number[][] => NAMES.map(() => [0, 0, 0, 0, 0]);

describe('a kernel table', () => {
  it.each(WHOLE)('%s has twenty rows and nothing to mend', (_, text) => {
    const { blocks, notes, version } = table(text);
    expect(blocks).toHaveLength(1);
    expect(blocks[0]?.rows).toHaveLength(20);
    expect(notes).toEqual([]);
    expect(version).toBe('2.5');
  });

  it.each([
    ['028stab-x86_64-scout-ct9833', 939, 301, 328],
    ['028stab-x86_64-docs-ct2', 939, 248, 356],
    ['028stab-x86_64-zabbixphp-ct116-2010', 939, 326, 411],
    ['028stab-x86_64-forum-ct210672-2009-04', 939, 807, 824],
    [ORIGIN, 939, 420, 424],
    ['028stab-i386-wiki-ct123-2006', 562, 156, 164],
  ])('%s holds whole dentries of %i bytes', (name, unitBytes, held, maxheld) => {
    const { held: heldBytes, maxheld: maxheldBytes } = row(sample(name), 'dcachesize');
    expect([heldBytes, maxheldBytes]).toEqual([held * unitBytes, maxheld * unitBytes]);
  });

  it('tells 32-bit from 64-bit columns by the header', () => {
    expect(table(sample('028stab-i386-wiki-ct123-2006')).wordBits).toBe(32);
    expect(table(sample(ORIGIN)).wordBits).toBe(64);
  });

  it('names the container on its first row only, with one space or two', () => {
    expect(table(sample('028stab-i386-wiki-ct123-2006')).blocks[0]?.uid).toBe('123');
    expect(table(sample(ORIGIN)).blocks[0]?.uid).toBe('67216902');
  });

  it('holds every container of a host, in the file order, the host itself last', () => {
    const text = fixture('beancounters/042-recordings/ve0-view.txt');
    expect(table(text).blocks.map((block) => block.uid)).toEqual(['101', '0']);
    expect(row(text, 'dcachesize', 1).limit).toBeNull();
    expect(row(text, 'dcachesize', 0).limit).toBe(3460300);
  });

  it('takes a UUID, a parent.child and a name for a uid', () => {
    for (const uid of ['e2f0ab1c-0000-4000-8000-000000000001', '101.1', 'webshop']) {
      expect(table(render([{ uid, numbers: zeros() }])).blocks[0]?.uid).toBe(uid);
    }
  });

  it('leaves the four dummy rows out by name', () => {
    const names = table(sample(ORIGIN)).blocks[0]?.rows.map(({ name }) => name);
    expect(names).toHaveLength(new Set(names).size);
    expect(names).not.toContain('dummy');
  });
});

describe('unlimited', () => {
  it.each([
    '9223372036854775807',
    '2147483647',
    '2147483646',
    '9223372036854771712',
    '2251799813685247',
    'max',
  ])('%s as barrier or limit is no wall', (word) => {
    const numbers = zeros();
    numbers[0] = [1, 2, word, word, 0] as unknown as number[];
    expect(row(render([{ uid: '7', numbers }]), 'kmemsize')).toMatchObject({ barrier: null, limit: null });
  });

  it('a barrier of 0 on physpages is no barrier, on any other row it is one', () => {
    const text = render([{ uid: '7', numbers: NAMES.map(() => [1, 1, 0, 99, 0]) }]);
    expect(row(text, 'physpages').barrier).toBeNull();
    expect(row(text, 'lockedpages').barrier).toBe(0);
  });

  it('a held of the same number is a count, not unlimited', () => {
    const text = render([{ uid: '7', numbers: NAMES.map(() => [2147483647, 2147483646, 5, 5, 2147483647]) }]);
    expect(row(text, 'numfile')).toMatchObject({
      held: 2147483647,
      maxheld: 2147483646,
      failcnt: 2147483647,
    });
  });
});

describe('what a kernel may print and a reader might doubt', () => {
  it('held above maxheld, above the barrier and above the limit is accepted', () => {
    const text = render([{ uid: '7', numbers: NAMES.map(() => [90, 10, 50, 60, 0]) }]);
    expect(row(text, 'tcprcvbuf')).toMatchObject({ held: 90, maxheld: 10, barrier: 50, limit: 60 });
    expect(row(sample(ORIGIN), 'privvmpages')).toMatchObject({ held: 62341, maxheld: 62338 });
  });

  it('a limit below the barrier is accepted', () => {
    const found = row(sample(ORIGIN), 'oomguarpages');
    expect(found).toMatchObject({ barrier: null, limit: null, held: 23510 });
    const text = render([{ uid: '7', numbers: NAMES.map(() => [1, 1, 60, 50, 0]) }]);
    expect(row(text, 'numproc')).toMatchObject({ barrier: 60, limit: 50 });
  });

  it('a failcnt of 625,106,375 is read to the digit', () => {
    expect(row(sample(ORIGIN), 'dcachesize').failcnt).toBe(625106375);
  });

  it('the row of a full container without a refusal is no error (accounting at allocation)', () => {
    const full = row(sample('042stab-x86_64-ohai-ct852638-2013-01-maxheld-eq-limit'), 'dcachesize');
    expect(full).toMatchObject({ maxheld: 9437184, limit: 9437184, failcnt: 0 });
  });

  it('a number wider than its column pushes the row to the right and is still read', () => {
    const text = render([{ uid: '1234567890123', numbers: zeros() }]);
    expect(table(text).blocks[0]?.uid).toBe('1234567890123');
  });

  it('every number to 2^64 survives a round trip', () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(number, number, number, (held, maxheld, failcnt) => {
        const numbers = NAMES.map(() => [held, maxheld, 5, 6, failcnt].map(String));
        const read = row(render([{ uid: '7', numbers }]), 'tcpsndbuf');
        expect([read.held, read.maxheld, read.failcnt].map(String)).toEqual(
          [held, maxheld, failcnt].map(String),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('a damaged kernel table', () => {
  const whole = sample(ORIGIN);

  it('cut at any byte is an error, never a shorter table', () => {
    for (let at = 0; at < whole.length; at++)
      expect(parseUserBeancounters(whole.slice(0, at)).ok, `${at}`).toBe(false);
    expect(parseUserBeancounters(whole).ok).toBe(true);
  });

  it('of two containers is whole only when cut exactly between them', () => {
    const two = fixture('beancounters/042-recordings/ve0-view.txt');
    const between = two.indexOf('        0:  kmemsize');
    const whole: number[] = [];
    for (let at = 0; at <= two.length; at++) if (parseUserBeancounters(two.slice(0, at)).ok) whole.push(at);
    expect(whole).toEqual([between, two.length]);
  });

  it.each([
    ['another version', whole.replace('2.5', '3.0'), 1],
    ['no header', whole.replace(/\n.*failcnt\n/, '\n'), 2],
    ['a row twice', whole.replace(/(\n +shmpages .*)/, '$1$1'), 7],
    ['a row less', whole.replace(/\n +numfile .*/, ''), 22],
    ['two rows swapped', whole.replace(/(\n +numflock .*)(\n +numpty .*)/, '$2$1'), 13],
    ['a letter in a number', whole.replace('394380', '39438O'), 21],
    ['a row without failcnt', whole.replace(/ +625106375/, ''), 21],
    ['a number too many', whole.replace('625106375', '625106375 1'), 21],
    ['carriage returns', whole.replaceAll('\n', '\r\n'), 1],
    ['an empty line', whole.replace('\n            numproc', '\n\n            numproc'), 8],
    ['nothing', '', 1],
  ])('%s is malformed, with its line', (_, text, lineNumber) => {
    const parsed = parseUserBeancounters(text);
    expect(parsed).toMatchObject({ ok: false, error: { line: lineNumber } });
  });

  it('whatever two bytes are changed, what is accepted has all its rows', () => {
    const printable = fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), printable, fc.nat(whole.length - 1), (at, piece, cut) => {
        const text = `${whole.slice(0, at)}${piece}${whole.slice(at + 1, Math.max(at + 1, cut))}`;
        const parsed = parseUserBeancounters(text);
        expect(!parsed.ok || parsed.value.blocks.every((block) => block.rows.length === 20)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('/proc/bc', () => {
  const rows = host('openvz-042-2012-host', 'proc/bc/101/resources');

  it('resources of one container are rows without header, uid and dummies', () => {
    const parsed = parseBeancounterRows(rows);
    expect(parsed.ok && parsed.value.rows).toHaveLength(20);
    expect(parsed.ok && parsed.value.uid).toBe('');
  });

  it('may end with swappages, whose barrier of 0 is no barrier', () => {
    const parsed = parseBeancounterRows(`${rows}${line('', 'swappages', [0, 0, 0, 65536, 0])}\n`);
    const last = parsed.ok ? parsed.value.rows.at(-1) : undefined;
    expect(last).toMatchObject({ name: 'swappages', barrier: null, limit: 65536 });
  });

  it('cut at any byte is an error', () => {
    for (let at = 0; at < rows.length; at++)
      expect(parseBeancounterRows(rows.slice(0, at)).ok, `${at}`).toBe(false);
  });

  it('resources of all containers have the header and no dummies', () => {
    const text = [
      ...HEAD,
      ...rows.split('\n').map((one, at) => (at === 0 ? `      101:${one.slice(10)}` : one)),
    ].join('\n');
    expect(table(text).blocks.map(({ uid, rows: read }) => [uid, read.length])).toEqual([['101', 20]]);
  });

  it('resources of which one container lacks its last rows are malformed', () => {
    const whole = rows.split('\n').slice(0, -1);
    const block = (uid: string): string[] =>
      whole.map((one, at) => (at === 0 ? `${uid}:${one.slice(10)}` : one));
    const swap = line('', 'swappages', [0, 0, 0, 65536, 0]);
    const both = [...HEAD, ...block('      101'), swap, ...block('      102'), swap, ''];
    expect(parseUserBeancounters(both.join('\n')).ok).toBe(true);
    expect(parseUserBeancounters([...both.slice(0, -2), ''].join('\n')).ok).toBe(false);
  });

  it('a whole user_beancounters file is not one container’s rows', () => {
    expect(parseBeancounterRows(sample(ORIGIN)).ok).toBe(false);
  });
});
