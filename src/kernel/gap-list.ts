// Gaps gathered while reading: each source once.

import type { Result } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';

export interface GapList {
  /** null adds nothing; a gap of the same source and reason is kept once. */
  add(gap: Gap | null): void;
  /** The value, or null with its gap noted. */
  take<T>(result: Result<T, Gap>): T | null;
  /** The value, or null; a file this kernel does not have is no gap, anything else is. */
  unlessAbsent<T>(result: Result<T, Gap>): T | null;
  all(): readonly Gap[];
}

export function gapList(): GapList {
  const gaps: Gap[] = [];
  const list: GapList = {
    add(gap) {
      const isKnown =
        gap === null || gaps.some(({ source, reason }) => source === gap.source && reason === gap.reason);
      if (!isKnown) gaps.push(gap);
    },
    take(result) {
      if (result.ok) return result.value;
      list.add(result.error);
      return null;
    },
    unlessAbsent(result) {
      if (result.ok) return result.value;
      if (result.error.reason !== 'absent') list.add(result.error);
      return null;
    },
    all: () => gaps,
  };
  return list;
}
