// A stream of bytes as lines: what a socket delivers in any pieces.

/** Feeds pieces, answers with the whole lines they complete; null: a line is longer than `longestBytes`, and the rest means nothing. */
export function lineSplitter(longestBytes: number): (piece: string) => readonly string[] | null {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    return rest.length > longestBytes || lines.some((line) => line.length > longestBytes) ? null : lines;
  };
}
