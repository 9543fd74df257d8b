// Quantities as people type and read them: sizes, amounts in a row's own unit, percentages, durations, counts.
// Knows: `K M G T` are binary here, and a bare number is in the row's own unit. May not know: what the number is for.

import { BEANCOUNTER_PAGE_BYTES, type ResourceUnit } from '../domain/resource.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Counter } from '../domain/units.ts';
import { parseCounter } from './counter.ts';

const SUFFIXES = ['', 'K', 'M', 'G', 'T', 'P'] as const;
const STEP = 1024;

/** Every parse answers with a value or with the sentence to show. */
type Parsed<T> = Result<T, string>;

/** Bytes, a whole number below 2^53: `64M`, `64MiB`, `1.5G`, `3145728`. `64MB` is refused: 1000 or 1024? */
export function parseSize(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?) ?(?:([KMGTP])(iB)?|B)?$/i.exec(text.trim());
  if (match === null) return failure(sizeComplaint(text));
  const exponent = SUFFIXES.findIndex((suffix) => suffix === (match[2] ?? '').toUpperCase());
  const value = Number(match[1]) * STEP ** exponent;
  if (exponent === 0 && !Number.isInteger(value)) return failure(`${text}: part of a byte`);
  return Number.isSafeInteger(Math.round(value))
    ? success(Math.round(value))
    : failure(`${text} is more than 2^53 bytes`);
}

function sizeComplaint(text: string): string {
  const decimal = /^\s*[\d.]+ ?([KMGTP])B\s*$/i.exec(text)?.[1]?.toUpperCase();
  return decimal === undefined
    ? `${text} is not a size: write a number with K, M, G or T, as in 64M`
    : `${text} could mean 1000 or 1024: write ${decimal} or ${decimal}iB (1024)`;
}

/**
 * A value for a row in its own unit: a bare number is that unit's; a size is taken for bytes, and for 4096-byte
 * pages rounded up; a size of items (numproc, numfile) is refused.
 */
export function parseAmount(text: string, unit: ResourceUnit): Parsed<Counter> {
  const bare = parseCounter(text.trim());
  if (bare !== null) return success(bare);
  if (unit === 'items') return failure(`${text} is not a number of items: write it without a suffix`);
  const size = parseSize(text);
  if (!size.ok || unit === 'bytes') return size;
  return success(Math.ceil(size.value / BEANCOUNTER_PAGE_BYTES));
}

/** A share: `85%` is 0.85; more than 100 % or a number without the sign is refused. */
export function parsePercent(text: string): Parsed<number> {
  const match = /^(\d+(?:\.\d+)?) ?%$/.exec(text.trim());
  const percent = Number(match?.[1] ?? Number.NaN);
  if (Number.isNaN(percent)) return failure(`${text} is not a percentage: write it as in 85%`);
  return percent <= 100 ? success(percent / 100) : failure(`${text} is more than 100%`);
}

const MS_PER: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds: `500ms`, `10s`, `5min`, `1h`, `1h30min`, `2d`; `0` needs no unit. A bare number or `5m` is refused. */
export function parseDuration(text: string): Parsed<number> {
  const plain = text.trim();
  if (plain === '0') return success(0);
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?) ?([a-z]+) ?/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== plain)
    return failure(`${text} is not a duration: write it as in 500ms, 10s, 5min or 1h`);
  let totalMs = 0;
  for (const [, number, unit = ''] of parts) {
    const perUnit = MS_PER[unit];
    if (perUnit === undefined) return failure(durationComplaint(text, unit));
    totalMs += Number(number) * perUnit;
  }
  return success(Math.round(totalMs));
}

const durationComplaint = (text: string, unit: string): string =>
  unit === 'm' ? `${text} could mean months: write min` : `${text}: ${unit} is not ms, s, min, h or d`;

/** `3.0 MiB`, `512 B`, `-1.5 GiB`: to be read, three significant digits at most; `unlimited` is the caller's word. */
export function renderBytes(bytes: Counter): string {
  const value = Number(bytes);
  const size = Math.abs(value);
  // 1023.95 and more would print as 1024.0 of the smaller unit.
  const exponent = SUFFIXES.findIndex(
    (_, index) => size < (STEP - 0.05) * STEP ** index || index === SUFFIXES.length - 1,
  );
  if (exponent <= 0) return `${value} B`;
  return `${(value / STEP ** exponent).toFixed(1)} ${SUFFIXES[exponent]}iB`;
}

/** `3M`, `3460300`: the shortest text that parseSize turns back into exactly these bytes. */
export function renderExactSize(bytes: number): string {
  const exponent = SUFFIXES.findLastIndex(
    (_, index) => bytes !== 0 && bytes % STEP ** index === 0 && index < SUFFIXES.length,
  );
  return exponent > 0 ? `${bytes / STEP ** exponent}${SUFFIXES[exponent]}` : String(bytes);
}

/** `625,106,375`. */
export const renderCount = (count: Counter): string => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** A row's number with its unit: bytes and pages as a size, items as a count. */
export function renderAmount(value: Counter, unit: ResourceUnit): string {
  if (unit === 'items') return renderCount(value);
  return renderBytes(unit === 'bytes' ? value : Number(value) * BEANCOUNTER_PAGE_BYTES);
}

/** `500ms`, `10s`, `5min`, `1h30min`: what parseDuration turns back into the same whole milliseconds. */
export function renderDuration(durationMs: number): string {
  let restMs = Math.round(durationMs);
  if (restMs === 0) return '0s';
  let text = '';
  for (const unit of ['d', 'h', 'min', 's', 'ms']) {
    const perUnit = MS_PER[unit] ?? 1;
    const count = Math.floor(restMs / perUnit);
    restMs -= count * perUnit;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}

/** A wait as people are told it: from a second on in whole ones. */
export const renderWait = (waitMs: number): string =>
  renderDuration(waitMs < 1000 ? waitMs : Math.round(waitMs / 1000) * 1000);
