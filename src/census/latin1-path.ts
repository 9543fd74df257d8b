// Paths as bytes in latin1 text: one character is one byte, whatever the encoding of the names.

const BEYOND_ASCII = /[^\0-\x7f]/;
const BEYOND_LATIN1 = /[^\0-\xff]/;

/** A form node:fs opens byte for byte: the text itself where UTF-8 would not change it. */
export const openable = (path: string): string | Buffer =>
  BEYOND_ASCII.test(path) ? Buffer.from(path, 'latin1') : path;

/** The byte forms a typed path may have: it may already be bytes, or text whose bytes are UTF-8. */
export function byteForms(path: string): readonly string[] {
  if (!BEYOND_ASCII.test(path)) return [path];
  const encoded = Buffer.from(path, 'utf8').toString('latin1');
  return BEYOND_LATIN1.test(path) ? [encoded] : [path, encoded];
}
