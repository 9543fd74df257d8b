// How two texts differ, in lines: enough for one sentence.

export interface LineChanges {
  readonly added: number;
  readonly removed: number;
}

/** Lines of `now` that `before` has not, and the other way round; a line that moved has not changed. */
export function countLineChanges(before: string, now: string): LineChanges {
  const counts = new Map<string, number>();
  for (const line of linesOf(before)) counts.set(line, (counts.get(line) ?? 0) + 1);
  let added = 0;
  for (const line of linesOf(now)) {
    const left = counts.get(line) ?? 0;
    if (left === 0) added += 1;
    else counts.set(line, left - 1);
  }
  return { added, removed: [...counts.values()].reduce((sum, left) => sum + left, 0) };
}

const linesOf = (text: string): string[] =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => line !== '');
