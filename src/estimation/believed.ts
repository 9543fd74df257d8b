// How far a count may stand for the whole tree.

/** What a partial count is believed to stand for: 1 exactly when the tree was counted whole. */
export interface Believed {
  readonly expectedTimes: number;
  readonly highTimes: number;
}

export const WHOLE: Believed = { expectedTimes: 1, highTimes: 1 };
