// Recordings of walls as text: a line of column names, then one line a moment, tabs between.
// Knows: the names of the columns. May not know: platforms, or what follows from a number.
//
//   ms  dcache_held dcache_maxheld dcache_barrier dcache_limit dcache_failcnt  kmem_held ...  event
//
// `ms` and one resource's `_held` with its `_barrier` or `_limit` are needed; `dcache` and `kmem` are short for dcachesize
// and kmemsize; other columns are left alone. A last column `event` may be missing from a line.

import type { GuardTrace, TraceEvent, TraceMoment, TraceReading, TraceWall } from '../domain/guard-trace.ts';
import { isResourceName, type ResourceName } from '../domain/resource.ts';
import { failure, type Malformed, type Result, success } from '../domain/result.ts';

const SHORT_NAMES: Readonly<Record<string, ResourceName>> = { dcache: 'dcachesize', kmem: 'kmemsize' };

interface Columns {
  readonly names: readonly string[];
  readonly walls: readonly { readonly prefix: string; readonly resource: ResourceName }[];
}

/** The trace in a text; the first line that is not as its header says is the error. */
export function parseTraceTable(text: string): Result<GuardTrace, Malformed> {
  const lines = text.replaceAll('\r', '').split('\n');
  const columns = parseHeader(lines[0] ?? '');
  if (!columns.ok) return columns;
  const moments: TraceMoment[] = [];
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line === '') continue;
    const moment = parseMoment(line, index + 1, columns.value);
    if (!moment.ok) return moment;
    const before = moments.at(-1)?.atMs ?? 0;
    if (moment.value.atMs < before)
      return failure({ reason: `ms falls from ${before} to ${moment.value.atMs}`, line: index + 1 });
    moments.push(moment.value);
  }
  if (moments.length === 0) return failure({ reason: 'no line follows the header', line: 1 });
  return success({ kind: 'table', walls: columns.value.walls.map(wallOfColumn), moments });
}

function parseHeader(line: string): Result<Columns, Malformed> {
  const names = line.split('\t');
  if (names[0] !== 'ms') return failure({ reason: 'the first column is not ms', line: 1 });
  const walls = names.flatMap((name) => {
    const prefix = name.endsWith('_held') ? name.slice(0, -'_held'.length) : '';
    const resource = SHORT_NAMES[prefix] ?? prefix;
    const hasWall = names.includes(`${prefix}_barrier`) || names.includes(`${prefix}_limit`);
    return isResourceName(resource) && hasWall ? [{ prefix, resource }] : [];
  });
  return walls.length > 0
    ? success({ names, walls })
    : failure({ reason: 'no resource has a held column and a barrier or limit', line: 1 });
}

// A beancounter table is the container's: others may be charged there too.
const wallOfColumn = ({ resource }: { readonly resource: ResourceName }): TraceWall => ({
  resource,
  source: 'beancounters',
  isShared: true,
});

function parseMoment(line: string, place: number, { names, walls }: Columns): Result<TraceMoment, Malformed> {
  const words = line.split('\t');
  const isWhole =
    words.length === names.length || (words.length === names.length - 1 && names.at(-1) === 'event');
  if (!isWhole) return failure({ reason: `${words.length} columns of ${names.length}`, line: place });
  const numbers = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    if (name === 'event') continue;
    const word = words[index] ?? '';
    if (!/^\d{1,16}$/.test(word)) return failure({ reason: `${name} is not a number: ${word}`, line: place });
    numbers.set(name, Number(word));
  }
  const event = words[names.indexOf('event')] ?? '';
  return success({
    place,
    atMs: numbers.get('ms') ?? 0,
    readings: walls.map(({ prefix }) => readingOf(prefix, numbers)),
    event: event === '' ? null : parseEvent(event),
  });
}

function readingOf(prefix: string, numbers: ReadonlyMap<string, number>): TraceReading {
  const held = numbers.get(`${prefix}_held`) ?? -1;
  return {
    held,
    judged: held,
    maxheld: numbers.get(`${prefix}_maxheld`) ?? -1,
    barrier: numbers.get(`${prefix}_barrier`) ?? Number.POSITIVE_INFINITY,
    limit: numbers.get(`${prefix}_limit`) ?? Number.POSITIVE_INFINITY,
    failcnt: numbers.get(`${prefix}_failcnt`) ?? -1,
  };
}

/** A fatal signal and whatever is `gone` end a daemon; `start` and `restart` begin one. */
function parseEvent(words: string): TraceEvent {
  if (words === 'start' || words === 'restart') return { kind: 'start', words };
  const isEnd = words === 'SIGKILL' || words === 'exit' || words.endsWith('gone');
  return { kind: isEnd ? 'end' : 'note', words };
}
