// Words as systemd's unit files take them: systemd.syntax(7), systemd.service(5) "COMMAND LINES".

/** A word of a command line that reaches the program unchanged: no specifier, no variable, no quote is left to read. */
export function quoteForUnit(word: string): string {
  const literal = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return quoteValue(literal);
}

/** The same for a path in a list, where there are specifiers and no variables. */
export const quotePathForUnit = (path: string): string => quoteValue(path.replaceAll('%', '%%'));

/** Text to the end of its line, as in Description=. */
export const textForUnit = (text: string): string =>
  text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replaceAll('%', '%%')
    .trim();

const PLAIN = /^[A-Za-z0-9_@%$+=:,./~-]+$/;

function quoteValue(text: string): string {
  if (PLAIN.test(text)) return text;
  const escaped = text.replace(/["\\]/g, '\\$&').replace(/\p{Cc}/gu, escapeControl);
  return `"${escaped}"`;
}

/** systemd reads C escapes in quotes; a line end would end the setting. */
const escapeControl = (character: string): string =>
  `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
