import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { phaseIndex } from '../../src/domain/lifecycle.ts';
import { RESOURCE_NAMES } from '../../src/domain/resource.ts';
import { emptyRecord, KINDS, RECORD_BYTES, writeRecord } from '../../src/formats/guard-record.ts';
import { runReplay } from '../../src/surfaces/cli/replay-command.ts';
import type { Terminal } from '../../src/surfaces/cli/terminal.ts';

const RECORDED = join(import.meta.dirname, '../../fixtures/openvz-trace/watch-stop-kill-restart.tsv');
const scratch = mkdtempSync(join(tmpdir(), 'syncguard-replay-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function replay(file: string, options: { json?: true; platform?: string } = {}): Promise<string> {
  let printed = '';
  const terminal: Terminal = {
    print: (text) => {
      printed += text;
    },
    complain: () => {},
    environment: { XDG_CONFIG_HOME: scratch },
    home: scratch,
    isOutputTerminal: false,
    isErrorTerminal: false,
    columns: 100,
  };
  expect(await runReplay(file, { color: 'auto', ...options }, terminal)).toBe(0);
  return printed;
}

const written = (name: string, content: string | Uint8Array): string => {
  const file = join(scratch, name);
  writeFileSync(file, content);
  return file;
};

const rows = (levels: readonly (readonly [number, number])[]): string =>
  [
    'ms\tdcache_held\tdcache_barrier\tdcache_limit\tdcache_failcnt',
    ...levels.map(([held, failcnt], index) => `${index * 100}\t${held}\t1000\t1100\t${failcnt}`),
  ].join('\n');

describe('syncguard replay', () => {
  it('pauses the container of 2012 before its limit, and refuses the restart', async () => {
    const printed = await replay(RECORDED);
    expect(printed).toMatch(/^replayed from a recording: what the guard would have done; nothing was done\n/);
    expect(printed).toMatch(/3\.078 s +throttled +dcachesize 2\.8 MiB of 3\.3 MiB \(85\.\d%\)/);
    expect(printed).toMatch(
      /3\.225 s +paused +dcachesize 3\.0 MiB of 3\.3 MiB \(90\.5%\) +pause band: first-rise/,
    );
    expect(printed).toMatch(/5\.197 s +refused +dcachesize 3\.3 MiB of 3\.3 MiB/);
    expect(printed.replaceAll('\n', ' ')).toContain(
      'paused it at 3.225 s, 320.0 KiB (327,670 bytes) below the wall of dcachesize and 349 ms before the first refusal; the restart would have been refused',
    );
    expect(Math.max(...printed.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('tells scripts the same', async () => {
    const told = JSON.parse(await replay(RECORDED, { json: true }));
    expect(told).toMatchObject({
      schema: 'syncguard/replay/1',
      platform: 'openvz-042',
      brake: { place: 66, atMs: 3225, resource: 'dcachesize', judged: 3_132_630, wall: 3_460_300 },
      refusal: { place: 73, atMs: 3574 },
      stop: null,
      leadMs: 349,
    });
    expect(told.steps.at(0)).toMatchObject({ by: 'guard', phase: 'throttled', rule: 'first-rise' });
    expect(told.steps.filter(({ by }: { by: string }) => by === 'gate')).toMatchObject([{ isRefused: true }]);
  });

  it('judges by the rules it is told to', async () => {
    const told = JSON.parse(await replay(RECORDED, { json: true, platform: 'openvz-028' }));
    expect(told.brake).toMatchObject({ wall: 3_145_728, atMs: 2975 });
    expect(told.stop).toMatchObject({ atMs: 3574 });
  });

  it('says of a calm course how near it came', async () => {
    const file = written(
      'calm.tsv',
      rows([
        [100, 0],
        [500, 0],
        [300, 0],
      ]),
    );
    expect(await replay(file)).toContain(
      'would have let it run: the nearest it came was dcachesize 500 B of 1000 B (50.0%).',
    );
  });

  it('admits the restart of what had room before', async () => {
    const [header, ...lines] = rows([
      [100, 0],
      [900, 0],
      [50, 0],
      [60, 0],
    ]).split('\n');
    const events = ['', '', 'second-process-gone', 'restart'];
    const text = [`${header}\tevent`, ...lines.map((line, index) => `${line}\t${events[index]}`)].join('\n');
    const told = await replay(written('again.tsv', text));
    expect(told).toMatch(/0\.300 s +admitted +dcachesize 900 B of 1000 B/);
    expect(told).toContain('the restart would have been admitted');
  });

  it('says when the guard would have come too late', async () => {
    const file = written(
      'late.tsv',
      rows([
        [100, 0],
        [500, 1],
        [960, 2],
        [960, 3],
      ]),
    );
    expect((await replay(file)).replaceAll('\n', ' ')).toContain('100 ms after the first refusal');
  });

  it("reads a guard's ring, with what that guard did", async () => {
    const bytes = new Uint8Array(RECORD_BYTES * 512);
    const view = new DataView(bytes.buffer);
    const record = {
      ...emptyRecord(),
      wallIndex: 0,
      resource: RESOURCE_NAMES.indexOf('memory'),
      wall: 1000,
      failcnt: 0,
    };
    const levels = [100, 500, 870, 920, 920];
    const started = { sequence: 1, kind: KINDS.indexOf('started'), wallIndex: 255, monotonicMs: 4000 };
    writeRecord(view, 10 * RECORD_BYTES, { ...record, ...started });
    for (const [index, judged] of levels.entries())
      writeRecord(view, index * RECORD_BYTES, {
        ...record,
        sequence: index + 2,
        monotonicMs: 5000 + 1000 * index,
        judged,
      });
    const acted = {
      sequence: 7,
      kind: KINDS.indexOf('action'),
      actions: 1,
      phase: phaseIndex('paused'),
      monotonicMs: 9001,
    };
    writeRecord(view, levels.length * RECORD_BYTES, { ...record, ...acted, judged: 920 });
    const printed = await replay(written('ring', bytes));
    expect(printed).toMatch(/4\.000 s +recorded +started\n *7\.000 s +throttled/);
    expect(printed).toMatch(/8\.000 s +paused/);
    expect(printed).toMatch(/9\.001 s +recorded +paused: FREEZE/);
    expect(printed.replaceAll('\n', ' ')).toContain(
      '80 B below the wall of memory; no refusal was recorded.',
    );
  });

  it.each([
    ['nothing.tsv', null, 'tree-missing'],
    ['words.tsv', 'hello\n', 'bad-recording'],
    ['zeros', new Uint8Array(RECORD_BYTES), 'bad-recording'],
    ['line.tsv', `${rows([[1, 0]])}\nx\t1\t1\t1\t1\n`, 'bad-recording'],
  ] as const)('of %s is one error', async (name, content, code) => {
    const file = content === null ? join(scratch, name) : written(name, content);
    await expect(replay(file)).rejects.toMatchObject({ code, message: expect.stringContaining(file) });
  });

  it('names the line that is wrong', async () => {
    const file = written('third.tsv', `${rows([[1, 0]])}\nx\t1\t1\t1\t1\n`);
    await expect(replay(file)).rejects.toThrow('line 3, ms is not a number: x');
  });
});
