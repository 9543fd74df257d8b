import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failure } from '../../src/domain/result.ts';
import { compileGlobs } from '../../src/profiles/exclude-globs.ts';
import { compileLsyncdRules, parseExcludeLines } from '../../src/profiles/lsyncd-rules.ts';
import { parseSyncBlocks } from '../../src/profiles/lua-sync.ts';
import { compileMignore } from '../../src/profiles/mignore.ts';
import { compileOnedriveRules } from '../../src/profiles/onedrive-rules.ts';
import { parseRcloneCommand } from '../../src/profiles/rclone-command.ts';
import { compileRcloneFilter, NO_FILTER } from '../../src/profiles/rclone-filter.ts';
import { directoryGlobs } from '../../src/profiles/rclone-glob.ts';
import { compileSeafileIgnore } from '../../src/profiles/seafile-ignore.ts';
import { compileStignore, parseStignore } from '../../src/profiles/stignore.ts';
import { parseSyncExclude, SyncExcludeLists } from '../../src/profiles/sync-exclude.ts';
import { parseSyncthingConfig } from '../../src/profiles/syncthing-config.ts';
import { parseElements } from '../../src/profiles/xml-elements.ts';

/** Texts made of what means something to the parser, mixed with anything. */
const textOf = (...parts: string[]): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(...parts) },
        fc.string({ unit: 'binary', maxLength: 5 }),
      ),
    )
    .map((each) => each.join(''));

const escaped = (text: string): string => text.replace(/[&<>"'\n]/g, (sign) => `&#${sign.codePointAt(0)};`);

/** A list of the root and of a directory in it. */
function syncExcludeOf(text: string) {
  const lists = new SyncExcludeLists(true);
  for (const directory of ['', 'a']) lists.add(directory, parseSyncExclude(text));
  return lists.exclusions;
}

describe('XML', () => {
  const anything = textOf(
    '<',
    '>',
    '</',
    '/>',
    '<a',
    '<a>',
    '</a>',
    ' b="c"',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '&amp;',
    '&#x110000;',
    '&#0;',
    '&bogus;',
  );

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const parsed = parseElements(text);
        if (!parsed.ok) expect(parsed.error.line).toBeGreaterThan(0);
        parseSyncthingConfig(text);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back every label and path it was written with', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (folders) => {
        const lines = folders.map(
          ([label, path]) =>
            `<folder label="${escaped(label)}" path="${escaped(path)}"><paused>false</paused></folder>`,
        );
        const parsed = parseSyncthingConfig(`<configuration>${lines.join('\n')}</configuration>`);
        expect(parsed.ok && parsed.value.folders.map(({ label, path }) => [label, path])).toEqual(folders);
      }),
    );
  });

  it('knows five entities and numbers, and leaves the others as they are written', () => {
    const parsed = parseElements(
      '<a b="&lt;&gt;&quot;&apos;&amp;&#65;&#x1F4DA;&nbsp;&#x110000;">x &amp; <![CDATA[<y>&amp;]]></a>',
    );
    expect(parsed.ok && parsed.value.attributes.get('b')).toBe('<>"\'&A\u{1F4DA}&nbsp;&#x110000;');
    expect(parsed.ok && parsed.value.text).toBe('x & <y>&amp;');
  });

  it('is read in time that grows with its length', () => {
    const folders = '<folder id="x" path="/srv/x" label="&amp;"><paused>true</paused></folder>'.repeat(
      20_000,
    );
    const parsed = parseSyncthingConfig(`<configuration>${folders}</configuration>`);
    expect(parsed.ok && parsed.value.folders.length).toBe(20_000);
    expect(parseElements('<'.repeat(100_000)).ok).toBe(false);
    expect(parseElements(`<a ${'b="c" '.repeat(100_000)}`).ok).toBe(false);
  });
});

describe('Lua', () => {
  it('never throws, whatever the text', () => {
    const anything = textOf(
      'sync',
      '{',
      '}',
      '(',
      ')',
      'source',
      '=',
      '"',
      "'",
      '[[',
      ']]',
      '--',
      '--[[',
      '\\',
      ',',
      ';',
      '\n',
      'default.rsync',
      '["',
    );
    fc.assert(
      fc.property(anything, (text) => {
        parseSyncBlocks(text);
        parseSyncBlocks(`sync{ ${text} }`);
      }),
      { numRuns: 2000 },
    );
  });

  it('strings come back as they were meant', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (source) => {
        const written = source.replace(/[\\"\n]/g, (sign) => `\\${sign}`);
        const parsed = parseSyncBlocks(`sync { default.rsync, source = "${written}" }`);
        expect(parsed.ok && parsed.value[0]?.fields.get('source')).toEqual({ kind: 'string', text: source });
      }),
    );
  });

  it('tells what is written from what is computed', () => {
    const parsed = parseSyncBlocks(
      'sync({ a, x = "1", y = "1" .. b, z = { "2", [[3]] }, u = { "2", v }, w = f{ "x" }, n = 3 })',
    );
    const fields = parsed.ok ? Object.fromEntries(parsed.value[0]?.fields ?? []) : {};
    expect(fields).toEqual({
      x: { kind: 'string', text: '1' },
      y: { kind: 'computed' },
      z: { kind: 'list', texts: ['2', '3'] },
      u: { kind: 'computed' },
      w: { kind: 'computed' },
      n: { kind: 'computed' },
    });
    expect(parsed.ok && parsed.value[0]?.layers).toEqual(['a']);
  });
});

describe('rules', () => {
  const signs = textOf(
    'a',
    '/',
    '*',
    '**',
    '?',
    '[',
    ']',
    '!',
    '{',
    '}',
    ',',
    '\\',
    '-',
    '^',
    '(?i)',
    '+ ',
    '- ',
    '#',
    '\n',
    '{{',
    '}}',
    '$',
    '(',
    '|',
  );

  it('of any daemon never throw, and neither does asking them', () => {
    fc.assert(
      fc.property(signs, fc.string({ unit: 'binary' }), (text, path) => {
        const lines = text.split('\n');
        const stignore = parseStignore(text, () => failure('no file'));
        const rclone = compileRcloneFilter({ ...NO_FILTER, filter: lines, exclude: [text] }, () => false);
        const all = [compileLsyncdRules(lines, parseExcludeLines(text))];
        if (stignore.ok) all.push(compileStignore(stignore.value, true));
        if (rclone.ok) all.push(rclone.value);
        const mignore = compileMignore(text);
        const onedrive = compileOnedriveRules({
          settings: new Map([
            ['skip_dir', text],
            ['skip_file', text],
          ]),
          syncList: text,
        });
        for (const compiled of [mignore, onedrive]) if (compiled.ok) all.push(compiled.value);
        all.push(compileSeafileIgnore(text), compileGlobs(lines), syncExcludeOf(text));
        for (const rules of all) {
          rules.prunesDirectory(path, path);
          rules.skipsLeaf?.(path, path);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of any daemon take a line longer than a regular expression may be', () => {
    for (const text of ['x'.repeat(200_000), `a/${'\u65e5'.repeat(80_000)}`, `${'*?'.repeat(40_000)}`]) {
      const parsed = [
        compileMignore(text),
        compileOnedriveRules({ settings: new Map([['skip_dir', text]]), syncList: text }),
      ];
      const all = [
        compileSeafileIgnore(text),
        compileGlobs([text]),
        compileLsyncdRules([], [text]),
        syncExcludeOf(text),
      ];
      for (const compiled of parsed) if (compiled.ok) all.push(compiled.value);
      for (const path of ['a', '\xe6\x97\xa5'])
        for (const rules of all) expect(rules.prunesDirectory(path, path)).toBe(false);
    }
  });

  it('of rclone look into the directories its includes are in', () => {
    expect(directoryGlobs('/a/b/*.jpg')).toEqual(['/a/b/', '/a/', '/']);
    expect(directoryGlobs('*.jpg')).toEqual(['/**']);
    expect(directoryGlobs('a/**/b')).toEqual(['a/**/', 'a/']);
    expect(directoryGlobs('/{a/b,c}/x')).toEqual(['/**']);
  });

  it('of a command line take any words, those of every object among them', () => {
    for (const word of ['toString', 'constructor', '__proto__', '/bin/valueOf'])
      expect(parseRcloneCommand([word, 'x', 'y']).ends).toEqual(['y']);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom('--', '-f', '--filter', '--x=', '-'), fc.string())),
        (argv) => {
          parseRcloneCommand(argv);
        },
      ),
    );
  });
});
