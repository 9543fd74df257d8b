// Long sentences as lines.

/** A long text folded at words; the first line begins with `first`, the others with as many spaces. */
export function fold(first: string, text: string, columns: number): string {
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const isStart = line.length === indent.length;
    if (!isStart && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else line += isStart ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
