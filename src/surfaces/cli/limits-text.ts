// `syncguard limits` for people. What colours mean depends on the kernel: on 042stab a dcachesize at its limit is health,
// on 028stab it is the last minute; cache in a memory cgroup is neither.

import type { PlatformId } from '../../domain/platform.ts';
import type { Resource } from '../../domain/resource.ts';
import type { Gap } from '../../domain/snapshot.ts';
import { wallOf } from '../../domain/wall.ts';
import { wallShare } from '../../domain/wall-share.ts';
import { gapWords } from '../../estimation/sentence.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { renderAmount, renderCount } from '../../formats/quantity-text.ts';
import type { Reading, RememberedReading } from './limits-reading.ts';
import { type Cell, type Paint, renderBar, renderColumns, type Tone } from './terminal.ts';

interface LimitsOptions {
  readonly paint: Paint;
  readonly isVerbose: boolean;
}

const BAR_WIDTH = 10;
/** vzubc's thresholds are half and four fifths; ours are the policy's throttle and stop. */
const WARN_SHARE = 0.85;
const BAD_SHARE = 0.95;

export function renderLimits(
  readings: readonly Reading[],
  before: RememberedReading | null,
  options: LimitsOptions,
): string {
  // By title: the order of a host's containers is another one as soon as one of them fills.
  const earlier = new Map(before?.readings.map((reading) => [reading.title, reading]));
  return (
    readings
      .map((reading, index) =>
        renderReading(reading, earlier.get(reading.title), { ...options, isFirst: index === 0 }),
      )
      .join('\n') + sinceLine(before, options)
  );
}

const sinceLine = (before: RememberedReading | null, { paint }: LimitsOptions): string =>
  before === null
    ? ''
    : `  ${paint('faint', `+ and - since ${before.at.slice(0, 19).replace('T', ' ')} UTC`)}\n`;

function renderReading(
  { title, snapshot, notes }: Reading,
  before: Reading | undefined,
  { paint, isVerbose, isFirst }: LimitsOptions & { readonly isFirst: boolean },
): string {
  const { platform, resources, gaps } = snapshot;
  const shown = resources.filter((row) => isVerbose || isTelling(row, platform.id));
  // The containers of one host have one platform: why it is taken for that is said once.
  const evidence = isFirst ? `: ${platform.evidence}` : '';
  const head = `${paint('strong', 'Limits')}  of ${escapeForTerminal(title)} on ${platform.id}${evidence}\n`;
  const rows = shown.map((row) =>
    resourceRow(
      row,
      platform.id,
      before?.snapshot.resources.find((old) => isSameRow(old, row)),
    ),
  );
  const table =
    shown.length === 0 ? '  no limited resource\n' : renderColumns([TITLES, ...rows], paint, '  ');
  const asides = [
    ...notes.map((note) => `note: ${note}`),
    ...gaps.filter(({ reason }) => isVerbose || reason !== 'absent').map(asideOf),
  ];
  return head + table + asides.map((aside) => `  ${paint('faint', escapeForTerminal(aside))}\n`).join('');
}

const asideOf = (gap: Gap): string => `not read: ${gapWords(gap)}`;
const isSameRow = (a: Resource, b: Resource): boolean =>
  a.name === b.name && a.scope === b.scope && a.source === b.source;

/** Limited, or failed before: the rest is shown with --verbose. */
const isTelling = (row: Resource, platform: PlatformId): boolean =>
  wallOf(row, platform).value !== null ||
  row.barrier !== null ||
  Number(row.failcnt ?? 0) > 0 ||
  row.name === 'dcachesize';

const TITLES: Cell[] = ['resource', 'held', '', 'maxheld', 'barrier', 'limit', 'failcnt', 'of the wall'].map(
  (text, column) => ({
    text,
    tone: 'faint',
    ...(column > 0 && column < 7 ? { align: 'right' as const } : {}),
  }),
);

function resourceRow(row: Resource, platform: PlatformId, before: Resource | undefined): Cell[] {
  const amount = (value: Resource['limit']): Cell => ({
    text: value === null ? '-' : renderAmount(value, row.unit),
    align: 'right',
  });
  const share = wallShare(row, platform);
  return [
    { text: labelOf(row) },
    amount(row.held),
    { text: deltaOf(row, before), align: 'right', tone: 'faint' },
    amount(row.maxheld),
    amount(row.barrier),
    amount(row.limit),
    failcntCell(row, before),
    share === null
      ? { text: isFullOfCache(row, platform) ? CACHE : '', tone: 'faint' }
      : { text: `${renderBar(share, BAR_WIDTH)} ${Math.round(share * 100)}%`, tone: toneOf(share) },
  ];
}

/** Where a wall stands and no share of it says anything: what is held is mostly cache, and a refusal alone tells. */
const isFullOfCache = (row: Resource, platform: PlatformId): boolean =>
  Number(wallOf(row, platform).value) > 0;
const CACHE = 'cache; failcnt tells';

const labelOf = ({ name, scope, source }: Resource): string =>
  source === 'cgroup1' || source === 'cgroup2' ? `${name} ${escapeForTerminal(scope)}` : name;

const toneOf = (share: number): Tone => (share >= BAD_SHARE ? 'bad' : share >= WARN_SHARE ? 'warn' : 'good');

function deltaOf(row: Resource, before: Resource | undefined): string {
  if (before === undefined) return '';
  const delta = Number(row.held) - Number(before.held);
  if (delta === 0) return '=';
  return `${delta > 0 ? '+' : '-'}${renderAmount(Math.abs(delta), row.unit)}`;
}

/** One old burst is history; what grows while we look is an incident. */
function failcntCell(row: Resource, before: Resource | undefined): Cell {
  if (row.failcnt === null) return { text: '-', align: 'right' };
  const grown = before?.failcnt == null ? 0 : Number(row.failcnt) - Number(before.failcnt);
  const text = grown > 0 ? `${renderCount(row.failcnt)} (+${renderCount(grown)})` : renderCount(row.failcnt);
  return { text, align: 'right', tone: grown > 0 ? 'bad' : Number(row.failcnt) > 0 ? 'warn' : 'plain' };
}
