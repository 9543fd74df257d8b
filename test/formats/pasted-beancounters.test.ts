import { describe, expect, it } from 'vitest';
import type { BeancounterTable } from '../../src/formats/beancounter-table.ts';
import { parsePastedBeancounters } from '../../src/formats/pasted-beancounters.ts';
import { mendSplitNumbers } from '../../src/formats/split-number.ts';
import { parseUserBeancounters } from '../../src/formats/user-beancounters.ts';
import { fixture, SAMPLES } from './parsers.ts';

const ORIGIN = SAMPLES.get('028stab-x86_64-origin-1and1-2012-05') ?? '';
const NO_FAILCNT = SAMPLES.get('028stab-i386-debian-ct103-accounting-off-nofailcnt-source') ?? '';

function paste(text: string): BeancounterTable {
  const parsed = parsePastedBeancounters(text);
  if (!parsed.ok) throw new Error(parsed.error.reason);
  return parsed.value;
}

const rowOf = (text: string, name: string): object | undefined =>
  paste(text).blocks[0]?.rows.find((row) => row.name === name);
const linesOf = (text: string): string[] => text.trimEnd().split('\n');
const reasons = (text: string): string[] => paste(text).notes.map(({ reason }) => reason);

/** The same rows, however they were brought here. */
function expectSameRows(text: string): void {
  const whole = parseUserBeancounters(ORIGIN);
  expect(paste(text).blocks).toEqual(whole.ok && whole.value.blocks);
}

describe('a pasted table', () => {
  it.each([...SAMPLES])('%s is read', (_, text) => {
    expect(paste(text).blocks[0]?.rows.length).toBeGreaterThanOrEqual(16);
  });

  it('that is whole reads as the kernel’s own file and has nothing to mend', () => {
    for (const [name, text] of SAMPLES) {
      const strict = parseUserBeancounters(text);
      if (strict.ok) expect(paste(text), name).toEqual(strict.value);
    }
  });

  it('of a host keeps its containers apart', () => {
    const text = fixture('beancounters/042-recordings/ve0-view.txt');
    expect(paste(text).blocks.map(({ uid, rows }) => [uid, rows.length])).toEqual([
      ['101', 20],
      ['0', 20],
    ]);
  });

  it('of two containers whose uids were lost begins anew where a resource comes again', () => {
    const rows = linesOf(ORIGIN).slice(2).join('\n').replace('67216902:', '');
    expect(paste(`${rows}\n${rows}`).blocks.map(({ uid, rows: read }) => [uid, read.length])).toEqual([
      ['', 20],
      ['', 20],
    ]);
  });

  it.each([
    ['tabs for spaces', ORIGIN.replaceAll(/ +/g, '\t')],
    [
      'one space between words',
      linesOf(ORIGIN)
        .map((line) => line.trim().replaceAll(/ +/g, ' '))
        .join('\n'),
    ],
    ['carriage returns', ORIGIN.replaceAll('\n', '\r\n')],
    [
      'comment signs',
      linesOf(ORIGIN)
        .map((line) => `# ${line}`)
        .join('\n'),
    ],
    [
      'quote marks',
      linesOf(ORIGIN)
        .map((line) => `> ${line}`)
        .join('\n'),
    ],
    [
      'list numbers',
      linesOf(ORIGIN)
        .map((line, at) => `${at + 1}. ${line}`)
        .join('\n'),
    ],
    [
      'bare line numbers',
      linesOf(ORIGIN)
        .map((line, at) => `${at + 1} ${line}`)
        .join('\n'),
    ],
    [
      'a prompt and prose around it',
      `root@vz:~# cat /proc/user_beancounters\n${ORIGIN}\nwhat is wrong here?\n`,
    ],
    ['sentences that name a resource', `dcachesize keeps failing, numfile is fine\n${ORIGIN}`],
    ['empty lines between rows', linesOf(ORIGIN).join('\n\n')],
    ['no last newline', ORIGIN.trimEnd()],
    ['no-break spaces', ORIGIN.replaceAll(' ', '\u00a0')],
  ])('survives %s', (_, text) => {
    expectSameRows(text);
  });

  it('without its head lines has no version, and the same rows', () => {
    const text = linesOf(ORIGIN).slice(2).join('\n');
    expect(paste(text).version).toBeNull();
    expectSameRows(text);
  });

  it('with rows wrapped between numbers is joined, and each join is reported', () => {
    const text = ORIGIN.replace(/(3145728) +(3460300)/, '$1\n   $2');
    expectSameRows(text);
    expect(paste(text).notes).toEqual([{ reason: 'dcachesize: a wrapped row was joined', line: 21 }]);
  });

  it('with numbers cut by a terminal is mended where only one way makes sense', () => {
    const text = SAMPLES.get('042stab-pastebin-ar0uJXEh-ct10472-mangled-split-number.partial') ?? '';
    expect(rowOf(text, 'dcachesize')).toMatchObject({ held: 86469144, barrier: 671088640, limit: 671088640 });
    expect(rowOf(text, 'kmemsize')).toMatchObject({
      held: 138198538,
      barrier: null,
      limit: null,
      failcnt: 0,
    });
    expect(reasons(text).filter((reason) => reason.endsWith('a split number was joined'))).toHaveLength(18);
    expect(reasons(text)).toContain('missing: numiptent');
  });

  it('with a split number that could be joined in two ways leaves the row out and says so', () => {
    const text = ORIGIN.replace(/394380 +398136 +3145728 +3460300/, '394380 398136 31457 28 3460300');
    expect(rowOf(text, 'dcachesize')).toBeUndefined();
    expect(reasons(text)).toEqual([
      'dcachesize: left out: a split number can be joined in more than one way',
    ]);
  });

  it('without a failcnt column has no failcnt: null, not 0', () => {
    const text = linesOf(NO_FAILCNT)
      .map((line) => line.replace(/ +(?:0|failcnt)$/, ''))
      .join('\n');
    expect(rowOf(text, 'kmemsize')).toMatchObject({ held: 854285, limit: 2936012, failcnt: null });
    expect(reasons(text)[0]).toBe('no failcnt column');
  });

  it('that ends within a row leaves that row out', () => {
    const text = ORIGIN.slice(0, ORIGIN.indexOf('3460300') + 4);
    expect(rowOf(text, 'dcachesize')).toBeUndefined();
    expect(reasons(text)).toContain('dcachesize: left out: 4 numbers of 5');
  });

  it('that ends early names what is missing', () => {
    const text = SAMPLES.get('vz7-gist-ewingson-ct160267-2022-06.partial') ?? '';
    expect(reasons(text)).toEqual(['missing: numothersock dcachesize numfile numiptent']);
  });

  it('that is none is malformed', () => {
    expect(parsePastedBeancounters('Dear forum,\nmy container is full.\n').ok).toBe(false);
    expect(parsePastedBeancounters('').ok).toBe(false);
  });
});

describe('a split number', () => {
  it('is joined where barrier or limit becomes an unlimited one', () => {
    expect(mendSplitNumbers(['5', '6', '922337203685', '4775807', '9223372036854775807', '0'], 5)).toEqual([
      '5',
      '6',
      '9223372036854775807',
      '9223372036854775807',
      '0',
    ]);
  });

  it('is joined where barrier then equals limit', () => {
    expect(mendSplitNumbers(['8', '9', '67', '1088640', '671088640', '0'], 5)).toEqual([
      '8',
      '9',
      '671088640',
      '671088640',
      '0',
    ]);
  });

  it('is never guessed, and never given a leading zero', () => {
    expect(mendSplitNumbers(['1', '2', '3', '4', '5', '6'], 5)).toBeNull();
    // Barrier 9223372036854771712, or limit 2147483647: both are "unlimited".
    expect(mendSplitNumbers(['1', '2', '922337203685477171', '2', '147483647', '0'], 5)).toBeNull();
    expect(mendSplitNumbers(['0', '7', '7', '7', '8', '0'], 5)).toBeNull();
    expect(mendSplitNumbers(new Array(11).fill('1'), 5)).toBeNull();
  });
});
