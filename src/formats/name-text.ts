// File names as text for people: the kernel keeps bytes, a terminal and a page must not obey them.

/** Bytes (as latin1) to text: UTF-8 where it is UTF-8, else each foreign byte as \xNN. */
export function decodeName(latin1: string): string {
  if (/^\p{ASCII}*$/u.test(latin1)) return latin1;
  const bytes = Uint8Array.from(latin1, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return latin1.replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  }
}

/** Control characters, bidirectional overrides and line separators as escapes, so that a name stays one harmless word. */
export const escapeForTerminal = (text: string): string =>
  text.replace(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.charCodeAt(0);
    return code <= 0xff
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });

/** A word as a POSIX shell takes it back unchanged. */
export const quoteForShell = (text: string): string =>
  /^[A-Za-z0-9_\-./:@%+=,]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
