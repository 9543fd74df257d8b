// Text as programs written in Go read it, where that is not how it is read here.

import { failure, type Result, success } from '../domain/result.ts';
import { isAscii } from './path-text.ts';

/** bufio.MaxScanTokenSize: a line of so many bytes ends the reading with an error. */
const LONGEST_LINE_BYTES = 65_536;

/** Lines without their ends, as bufio.Scanner finds them; the error is the number of a line that is too long. */
export function linesAsGo(text: string): Result<readonly string[], number> {
  const lines = text.split('\n');
  const tooLong = lines.findIndex((line) => line.length * 3 >= LONGEST_LINE_BYTES && isTooLong(line));
  return tooLong < 0 ? success(lines.map((line) => line.replace(/\r$/, ''))) : failure(tooLong + 1);
}

const isTooLong = (line: string): boolean => Buffer.byteLength(line) >= LONGEST_LINE_BYTES;

const WHITE = /\p{White_Space}/u;

/** Go's strings.TrimSpace: unlike here, a byte order mark is not white and U+0085 is. */
export function trimAsGo(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && WHITE.test(text[start] ?? '')) start += 1;
  while (end > start && WHITE.test(text[end - 1] ?? '')) end -= 1;
  return text.slice(start, end);
}

/** Go's strings.ToLower: sign by sign, so that a sigma at a word's end stays one, and a dotted I becomes one sign. */
export const lowerAsGo = (text: string): string =>
  isAscii(text)
    ? text.toLowerCase()
    : Array.from(text, (sign) => (sign === '\u0130' ? 'i' : sign.toLowerCase())).join('');
