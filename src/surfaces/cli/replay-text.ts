// A replay as people read it: one line a step, one sentence at the end.

import type { Replay, ReplayPoint, ReplayStep } from '../../domain/guard-replay.ts';
import { unitOf } from '../../domain/resource.ts';
import { KiB } from '../../domain/units.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { renderAmount, renderCount } from '../../formats/quantity-text.ts';
import { type Cell, fold, type Paint, renderColumns, type Tone } from './terminal.ts';

/** What every replay says first, in text and in JSON. */
export const REPLAY_LABEL = 'replayed from a recording: what the guard would have done; nothing was done';

export interface ReplayHead {
  readonly file: string;
  readonly moments: number;
  readonly platform: string;
  readonly platformEvidence: string;
}

export function renderReplay(
  replay: Replay,
  head: ReplayHead,
  look: { paint: Paint; columns: number },
): string {
  const { file, moments, platform, platformEvidence } = head;
  const title = `${escapeForTerminal(file)}: ${renderCount(moments)} readings, ${platform} (${platformEvidence})`;
  const rows = replay.steps.map(cellsOf);
  return [
    fold('', REPLAY_LABEL, look.columns),
    fold('', title, look.columns),
    '',
    ...(rows.length === 0 ? [] : [renderColumns(rows, look.paint).trimEnd(), '']),
    fold('', renderOutcome(replay), look.columns),
    '',
  ].join('\n');
}

const TONE_OF_PHASE: Readonly<Record<string, Tone>> = {
  running: 'good',
  throttled: 'warn',
  paused: 'warn',
  stopping: 'bad',
  killing: 'bad',
};

function cellsOf(step: ReplayStep): readonly Cell[] {
  const time: Cell = { text: `${renderSeconds(step.atMs)} s`, align: 'right' };
  switch (step.by) {
    case 'recording':
      return [
        time,
        { text: 'recorded', tone: 'faint' },
        { text: escapeForTerminal(step.words), tone: 'faint' },
      ];
    case 'gate':
      return [
        time,
        { text: step.isRefused ? 'refused' : 'admitted', tone: step.isRefused ? 'bad' : 'good' },
        { text: renderPoint(step) },
        { text: 'the most that a run before took' },
      ];
    case 'guard':
      return [
        time,
        { text: step.phase, tone: TONE_OF_PHASE[step.phase] ?? 'plain' },
        { text: step.resource === null ? '' : renderPoint({ ...step, resource: step.resource }) },
        { text: `${step.band} band: ${step.rule}` },
      ];
  }
}

/** Milliseconds matter here: a small container is filled in some tens of them. */
const renderSeconds = (ms: number): string => (ms / 1000).toFixed(3);

function renderPoint({ resource, judged, wall }: ReplayPoint): string {
  const unit = unitOf(resource);
  const percent = wall > 0 ? ` (${((100 * judged) / wall).toFixed(1)}%)` : '';
  return `${resource} ${renderAmount(judged, unit)} of ${renderAmount(wall, unit)}${percent}`;
}

/** When, how far below the wall, how long before the first refusal, and what of a restart. */
export function renderOutcome(replay: Replay): string {
  const { brake, stop, nearest } = replay;
  const restart = renderRestarts(replay);
  if (brake === null)
    return `The guard would have let it run: ${nearest === null ? 'no wall was recorded' : `the nearest it came was ${renderPoint(nearest)}`}${restart}.`;
  const isStop = stop?.place === brake.place;
  const later =
    stop === null || isStop
      ? ''
      : `, and stopped at ${renderSeconds(stop.atMs)} s had it gone on all the same`;
  return `The guard would have ${isStop ? 'stopped' : 'paused'} it at ${renderSeconds(brake.atMs)} s, ${renderMargin(brake)}${renderLead(replay)}${later}${restart}.`;
}

function renderMargin({ resource, judged, wall }: ReplayPoint): string {
  const unit = unitOf(resource);
  const below = Math.max(0, wall - judged);
  const exact = unit === 'bytes' && below >= KiB ? ` (${renderCount(below)} bytes)` : '';
  return `${renderAmount(below, unit)}${exact} below the wall of ${resource}`;
}

function renderLead({ brake, refusal }: Replay): string {
  if (brake === null) return '';
  if (refusal === null) return '; no refusal was recorded';
  const leadMs = refusal.atMs - brake.atMs;
  return leadMs >= 0
    ? ` and ${renderCount(leadMs)} ms before the first refusal`
    : `, ${renderCount(-leadMs)} ms after the first refusal`;
}

function renderRestarts({ steps }: Replay): string {
  const starts = steps.filter((step) => step.by === 'gate');
  if (starts.length === 0) return '';
  const refused = starts.filter(({ isRefused }) => isRefused).length;
  if (refused === 0) return '; the restart would have been admitted';
  return starts.length === 1
    ? '; the restart would have been refused: what it took before does not fit'
    : `; ${refused} of ${starts.length} restarts would have been refused: what it took before does not fit`;
}
