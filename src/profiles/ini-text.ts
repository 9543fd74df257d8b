// INI files as Qt and Python write them: sections of `key = value`, one a line.

/** Section to key to value, as written; what is no section and no `key=value` is passed over. */
export function parseIni(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let current = sectionOf(sections, '');
  for (const line of text.split(/\r?\n/)) {
    const [, title] = /^\s*\[([^\]]*)\]\s*$/.exec(line) ?? [];
    const [, key, value] = /^\s*([^=#;[\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (title !== undefined) current = sectionOf(sections, title);
    else if (key !== undefined) current.set(key, value ?? '');
  }
  return sections;
}

function sectionOf(sections: Map<string, Map<string, string>>, title: string): Map<string, string> {
  const section = sections.get(title) ?? new Map<string, string>();
  sections.set(title, section);
  return section;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** A value as Qt meant it: quotes taken off, `\xe4` and its like turned into signs (QSettings, iniUnescapedStringList). */
export function decodeQtValue(value: string): string {
  const inner = /^"(.*)"$/s.exec(value)?.[1] ?? value;
  return inner.replace(/\\(?:x([0-9a-fA-F]+)|([0-7]{1,3})|(.))/gs, (_, hex, octal, sign) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return ESCAPES[sign] ?? sign;
  });
}
