// Walls as rows of a table: which are shown, how they are called, in which colour.

import type { Assessment, Judged, Standing } from '../../domain/verdict.ts';
import { percentOf } from '../../estimation/sentence.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import type { Tone } from './terminal.ts';

export const TONE_OF: Readonly<Record<Standing, Tone>> = {
  'no-wall': 'faint',
  ample: 'good',
  tight: 'warn',
  'touched-over-headroom': 'warn',
  'over-wall': 'bad',
};

/** Those that this daemon would meet, or all. */
export const metRows = ({ rows }: Assessment, isVerbose: boolean): Judged[] =>
  rows.filter(
    ({ standing, projection }) => isVerbose || (standing !== 'no-wall' && projection.demand.high > 0),
  );

/** Several rows of one name are told apart by the last part of where they stand. */
export function labelOf({ projection: { resource, wall } }: Judged, among: readonly Judged[]): string {
  if (wall.name === 'room') return resource.name;
  const isOnly = among.filter(({ projection }) => projection.resource.name === resource.name).length === 1;
  return isOnly
    ? resource.name
    : `${resource.name} ${escapeForTerminal(resource.scope.split('/').at(-1) || '/')}`;
}

/** A wall of nothing has no shares, and of a very small one nobody pictures them. */
export const shareOf = (ratio: number): string => (ratio < 10 ? percentOf(ratio) : 'far over');
