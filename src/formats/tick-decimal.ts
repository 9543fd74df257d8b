// Numbers out of kernel text without making a string: what the guard's tick reads with.
// Knows: decimal digits, `max`, and lines that begin with a key. May not know: what a number means.
// Nothing here allocates or throws: where no number stands, the answer is -1, which no kernel counter is.

const TAB = 0x09;
const NEWLINE = 0x0a;
const SPACE = 0x20;
const ZERO = 0x30;
const NINE = 0x39;
const EQUALS = 0x3d;
const MAX_WORD: readonly number[] = [0x6d, 0x61, 0x78];

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB;

/** Where the next byte that is no space or tab stands, at most `to`. */
export function afterBlanks(buffer: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && isBlank(buffer[at])) at++;
  return at;
}

/** Where the word that begins at `from` ends: the next space, tab or newline, at most `to`. */
export function afterWord(buffer: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && !isBlank(buffer[at]) && buffer[at] !== NEWLINE) at++;
  return at;
}

/**
 * The one word of [from, to) as a number, blanks before it skipped: decimal digits, clamped to 2^53 - 1 above that;
 * Infinity for the word `max`; -1 where no such word stands.
 */
export function readDecimal(buffer: Uint8Array, from: number, to: number): number {
  const start = afterBlanks(buffer, from, to);
  const end = afterWord(buffer, start, to);
  if (buffer[start] === MAX_WORD[0]) return isWord(buffer, start, end) ? Number.POSITIVE_INFINITY : -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const byte = buffer[at] ?? 0;
    if (byte < ZERO || byte > NINE) return -1;
    value = value * 10 + (byte - ZERO);
  }
  if (start === end) return -1;
  return value > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : value;
}

const isWord = (buffer: Uint8Array, start: number, end: number): boolean =>
  end - start === MAX_WORD.length && startsWith(buffer, start, MAX_WORD);

function startsWith(buffer: Uint8Array, from: number, key: ArrayLike<number>): boolean {
  for (let index = 0; index < key.length; index++) if (buffer[from + index] !== key[index]) return false;
  return true;
}

/** The newline that ends the line of `from`; -1 where the text is cut before it. */
export function lineEnd(buffer: Uint8Array, from: number, length: number): number {
  // The engine's own search: as fast as a loop once compiled, and far faster while the tick is still interpreted.
  const end = buffer.indexOf(NEWLINE, from);
  return end < length ? end : -1;
}

/** First byte behind `key` in the first whole line that begins with it and a blank; -1 where there is none. */
function afterKey(buffer: Uint8Array, length: number, key: Uint8Array): number {
  for (let start = 0, end = 0; start < length; start = end + 1) {
    end = lineEnd(buffer, start, length);
    if (end < 0) return -1;
    const behind = start + key.length;
    if (behind < end && isBlank(buffer[behind]) && startsWith(buffer, start, key)) return behind;
  }
  return -1;
}

/** The number behind `key` in a text of `key value` lines, of which `length` bytes count; -1: no such line, or no number. */
export function decimalAfter(buffer: Uint8Array, length: number, key: Uint8Array): number {
  const behind = afterKey(buffer, length, key);
  return behind < 0 ? -1 : readDecimal(buffer, behind, lineEnd(buffer, behind, length));
}

/** The last `name=number` of the line that begins with `key`, as in pressure files; -1: no such line, or no number. */
export function lastDecimalOf(buffer: Uint8Array, length: number, key: Uint8Array): number {
  const behind = afterKey(buffer, length, key);
  if (behind < 0) return -1;
  const end = lineEnd(buffer, behind, length);
  let at = end;
  while (at > behind && buffer[at] !== EQUALS) at--;
  return at > behind ? readDecimal(buffer, at + 1, end) : -1;
}

/** A key as the bytes it is looked for by: made once, at start. */
export const keyBytes = (key: string): Uint8Array =>
  Uint8Array.from(key, (character) => character.charCodeAt(0));
