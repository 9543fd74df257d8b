// `--restart-if held>60%`: the condition a scheduled restart may have.

import { failure, type Result, success } from '../domain/result.ts';
import type { RestartCondition } from '../domain/settings.ts';
import { parsePercent } from './quantity-text.ts';

export function parseRestartCondition(text: string): Result<RestartCondition, string> {
  const [, amount, percent = ''] = /^(held|judged) ?> ?(.+)$/.exec(text.trim()) ?? [];
  if (amount !== 'held' && amount !== 'judged')
    return failure(`${text} is not a condition: write it as in held>60% or judged>60%`);
  const share = parsePercent(percent);
  return share.ok ? success({ amount, share: share.value }) : share;
}

export const renderRestartCondition = ({ amount, share }: RestartCondition): string =>
  `${amount}>${Math.round(share * 1000) / 10}%`;

/** Amounts of one wall as the guard last saw them; below 0: not known. */
export interface WallAmounts {
  readonly held: number;
  readonly judged: number;
  readonly wall: number;
}

/** Whether any wall is over it; false where nothing is known: an unmet condition restarts nothing. */
export const isConditionMet = ({ amount, share }: RestartCondition, walls: readonly WallAmounts[]): boolean =>
  walls.some((each) => each.wall > 0 && each[amount] > share * each.wall);
