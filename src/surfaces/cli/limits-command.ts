// `syncguard limits`: every row as the kernel tells it, once or again and again.

import { setTimeout as sleep } from 'node:timers/promises';
import { SyncguardError } from '../../domain/error.ts';
import { RESOURCE_NAMES, type Resource } from '../../domain/resource.ts';
import { fullestRow } from '../../domain/wall-share.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { parseDuration } from '../../formats/quantity-text.ts';
import { readHostSnapshots } from '../../kernel/host-snapshots.ts';
import { tableOfSaved } from '../../kernel/pasted-snapshot.ts';
import { readSnapshot } from '../../kernel/snapshot-source.ts';
import { stateDirectory } from '../../settings/places.ts';
import { type CommonOptions, parsePlatform } from './common-options.ts';
import { EXIT } from './exit-code.ts';
import { renderLimitsJson } from './limits-json.ts';
import { readLastReading, writeLastReading } from './limits-memory.ts';
import type { Reading, RememberedReading } from './limits-reading.ts';
import { renderLimits } from './limits-text.ts';
import { readSavedTable } from './saved-table.ts';
import { parseSubject } from './subject-option.ts';
import { paintFor, type Terminal } from './terminal.ts';

export interface LimitsOptions extends CommonOptions {
  readonly for?: string;
  readonly host?: boolean;
  /** true: --watch without an interval. */
  readonly watch?: string | true;
  readonly beancounters?: string;
}

const DEFAULT_INTERVAL_MS = 2000;

export async function runLimits(
  names: readonly string[],
  options: LimitsOptions,
  terminal: Terminal,
): Promise<number> {
  checkNames(names);
  const intervalMs = intervalOf(options.watch);
  const directory = memoryDirectory(options, terminal);
  let before: RememberedReading | null = null;
  for (;;) {
    const all = readAll(options);
    const at = new Date().toISOString();
    before ??= directory === null ? null : readLastReading(directory, all);
    if (directory !== null) writeLastReading(directory, all, at);
    const asked = all.map((reading) => only(names, reading));
    print(options.host === true ? fullestFirst(asked) : asked, before, options, terminal);
    if (intervalMs === null) return EXIT.ok;
    before = { at, readings: all };
    await sleep(intervalMs);
  }
}

/** A recorded machine and a saved table have no past; null: nothing is remembered. */
function memoryDirectory(options: LimitsOptions, { environment, home }: Terminal): string | null {
  const isLive = options.sysroot === undefined && options.beancounters === undefined;
  return isLive ? stateDirectory({ environment, home, isRoot: process.getuid?.() === 0 }) : null;
}

function checkNames(names: readonly string[]): void {
  const unknown = names.find((name) => !RESOURCE_NAMES.some((known) => known === name));
  if (unknown === undefined) return;
  const near = nearestWord(unknown, RESOURCE_NAMES);
  throw new SyncguardError(
    'unknown-resource',
    `There is no resource ${unknown}; known are ${RESOURCE_NAMES.join(', ')}.`,
    near === null ? 'syncguard limits lists all' : `did you mean syncguard limits ${near}?`,
  );
}

function intervalOf(watch: string | true | undefined): number | null {
  if (watch === undefined) return null;
  if (watch === true) return DEFAULT_INTERVAL_MS;
  const parsed = parseDuration(watch);
  if (parsed.ok && parsed.value > 0) return parsed.value;
  throw new SyncguardError(
    'bad-quantity',
    `--watch ${parsed.ok ? `${watch} would never pause` : parsed.error}.`,
    'write it as in --watch 2s',
  );
}

function readAll(options: LimitsOptions): Reading[] {
  const sysroot = options.sysroot ?? '';
  const platform = parsePlatform(options.platform) ?? undefined;
  if (options.beancounters !== undefined) return readSaved(options.beancounters, platform);
  if (options.host === true)
    return readHostSnapshots(sysroot, platform).map(({ name, snapshot }) => ({
      title: name,
      snapshot,
      notes: [],
    }));
  const { subject, words } = parseSubject(options.for, sysroot);
  return [{ title: words, snapshot: readSnapshot({ sysroot, subject, treePaths: [], platform }), notes: [] }];
}

function readSaved(file: string, platform: Parameters<typeof tableOfSaved>[1]): Reading[] {
  const saved = readSavedTable(file);
  const table = tableOfSaved(saved.text, platform);
  if (table.ok)
    return table.value.map(({ uid, snapshot, notes }) => ({
      title: `${saved.origin}${uid === '' ? '' : `, container ${uid}`}`,
      snapshot,
      notes,
    }));
  const { line, reason } = table.error;
  throw new SyncguardError(
    'bad-beancounters',
    `${saved.origin} is not a beancounter table: line ${line}, ${reason}.`,
    'save it whole, as root: cat /proc/user_beancounters > FILE',
  );
}

function only(names: readonly string[], reading: Reading): Reading {
  if (names.length === 0) return reading;
  const resources = reading.snapshot.resources.filter(({ name }: Resource) => names.includes(name));
  return { ...reading, snapshot: { ...reading.snapshot, resources } };
}

/** Of many containers those with rows, least headroom first: who is to be looked at stands at the top. */
function fullestFirst(readings: readonly Reading[]): readonly Reading[] {
  const shareOf = ({ snapshot: { resources, platform } }: Reading): number =>
    fullestRow(resources, platform.id)?.share ?? -1;
  const telling = readings.filter(
    ({ snapshot: { resources, gaps } }) =>
      resources.length > 0 || gaps.some(({ reason }) => reason !== 'absent'),
  );
  if (telling.length === 0) return readings;
  return telling
    .map((reading) => ({ reading, share: shareOf(reading) }))
    .sort((a, b) => b.share - a.share)
    .map(({ reading }) => reading);
}

function print(
  readings: readonly Reading[],
  before: RememberedReading | null,
  options: LimitsOptions,
  terminal: Terminal,
): void {
  if (options.json === true) terminal.print(renderLimitsJson(readings));
  if (options.json === true || options.quiet === true) return;
  const paint = paintFor(terminal, options.color);
  terminal.print(renderLimits(readings, before, { paint, isVerbose: options.verbose === true }));
}
