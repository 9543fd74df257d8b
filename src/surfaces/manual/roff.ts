// Text as man(7) reads it.

/** Characters that roff would read as its own, or typeset as another. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  "'": '\\(aq',
  '"': '\\(dq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

export const plain = (text: string): string =>
  text.replaceAll(/[\\\-'"`^~]/g, (character) => ESCAPES[character] ?? character).replace(/^\./, '\\&.');

/** What is typed as it stands; what is put in its place. */
export const literal = (text: string): string => `\\fB${plain(text)}\\fR`;
export const variable = (text: string): string => `\\fI${plain(text)}\\fR`;

/** `section` 1 or 5; `date` as 2026-11-25. Every line ends in a newline. */
export const renderTitle = (section: 1 | 5, version: string, date: string): string =>
  `.TH SYNCGUARD ${section} ${date} "syncguard ${version}" "${section === 1 ? 'User Commands' : 'File Formats'}"\n`;

/** `body` is roff already, here and below. A heading begins a paragraph by itself. */
const headed = (macro: string, title: string, body: string): string =>
  `${macro} ${title}\n${body.replace(/^\.PP\n/, '')}`;
export const section = (title: string, body: string): string => headed('.SH', title, body);
export const subsection = (title: string, body: string): string => headed('.SS', title, body);
export const paragraph = (body: string): string => `.PP\n${body}\n`;
export const entry = (head: string, body: string): string => `.TP\n${head}\n${body}\n`;

/** Lines as they stand. */
export const listing = (lines: readonly string[]): string =>
  ['.PP', '.RS 4', '.nf', ...lines.map(plain), '.fi', '.RE', ''].join('\n');

/** Declarations are clauses; a page is read in sentences. */
export const sentence = (text: string): string => {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
};
