// The word somebody probably meant: for unknown options, keys and resources.

/** The known word at an edit distance of at most a third of its length, or null. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(word, candidate);
    if (distance < bestDistance && distance <= Math.max(1, candidate.length / 3)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Letters added, left out, changed, or swapped with the next one; three rows at a time. */
function editDistance(from: string, to: string): number {
  const isSwap = (i: number, j: number): boolean => from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
  let [before, previous] = [[0], Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = at(previous, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && isSwap(i, j) ? at(before, j - 2) + 1 : change;
      row[j] = Math.min(change, swap, at(previous, j) + 1, at(row, j - 1) + 1);
    }
    [before, previous] = [previous, row];
  }
  return at(previous, to.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? 0;
