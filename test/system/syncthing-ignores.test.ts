import { spawn } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_EXCLUSIONS } from '../../src/domain/exclusions.ts';
import type { Root } from '../../src/profiles/index.ts';
import {
  daemonStage,
  differencesOf,
  endChild,
  type Node,
  plant,
  rootsOf,
  type Seen,
  sample,
  settledWatches,
  treeOf,
  until,
  walk,
} from '../support/daemon-trees.ts';
import { freePort } from '../support/free-port.ts';

// The daemon itself is the reference: it is given trees and rules nobody chose, and must see what is predicted.

const { place, children } = daemonStage();

const NOTHING: Node = { files: [], directories: {} };

interface BrowseEntry {
  readonly name: string;
  readonly type: string;
  readonly children?: readonly BrowseEntry[];
}

describe('Syncthing indexes and watches what its rules leave', () => {
  const token = fc.constantFrom(
    'a',
    'b',
    'ab',
    'foo',
    '*',
    '?',
    'a*',
    '*.t',
    '**',
    '[ab]',
    '[!a]',
    '[a-b]',
    '{a,b}',
    '\\a',
    'é',
    '*f',
    '.x',
    'a b',
    'A',
    '\\[x\\]',
    '[[]x*',
    '\\{y\\}',
    '{a,{b,ab}}',
    'a\\\\b',
    '#c',
    '\\!g',
    ' d',
    'e ',
    'e*',
    'e[ ]',
    '\u00e9[ ]',
    '[a]\u00e9',
    '[\\\\]x]',
    '\u65e5*',
    '[\u65e5\u00e9]*',
    '\u65e5?',
    '?\u672c',
    'a\u03c3',
    '\u0130',
    'i',
    '*?',
    '?f',
  );
  const pattern = fc
    .tuple(
      fc.constantFrom('', '/', '', '**/'),
      fc.array(token, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '', '', '/', '/**'),
    )
    .map(([head, parts, tail]) => `${head}${parts.join('/')}${tail}`);
  const line = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          fc.constantFrom('', '', '', '!', '(?i)', '(?d)', '!(?i)', '(?i)!', ' ', '(?i)(?d)', '(?d)!(?i)'),
          pattern,
        )
        .map((each) => each.join('')),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '// comment',
        '',
        '  ',
        '#include .more',
        '#include  b/.more',
        '\u00a0',
        '\u0085a',
      ),
    },
  );
  const drawn = sample(
    fc.record({
      tree: treeOf,
      lines: fc.array(line, { minLength: 1, maxLength: 6 }),
      more: fc.array(pattern, { maxLength: 2 }),
      head: fc.constantFrom('', '', '', '', '\uFEFF'),
      end: fc.constantFrom('\n', '\n', '\n', '\r\n'),
    }),
    200,
  );

  // What a glob library does with what is not quite a pattern: accepted by some, fatal to the folder in others.
  const odd = [
    '[a-bA-B]',
    '{a',
    '[]',
    '[!]',
    '[b-a]',
    'a{b',
    'a\\',
    '{a,{b,ab}}',
    '[a\\]b]f',
    '#include',
    '!',
    'a}b,c',
    '#include .none',
    '***',
    '[!-a]',
    '{a,b',
    '[a',
    '(?i)',
    '#include .stignore',
    '[^a]f',
    '//a',
    'a//b',
    '(?d)(?d)a',
    '!!a',
    '/',
    '/**',
    '{,a}f',
    '{}',
    'a'.repeat(5000),
    'a'.repeat(70_000),
    `// ${'a'.repeat(70_000)}`,
  ];
  const cases = [
    ...drawn,
    ...odd.map((each) => ({ tree: drawn[0]?.tree ?? NOTHING, lines: [each], more: [], head: '', end: '\n' })),
  ];

  it('in 231 folders at once', async () => {
    const home = join(place, 'syncthing');
    const [gui, listen] = [await freePort(), await freePort()];
    const folders = cases.map(({ tree, lines, more, head, end }, index) => {
      const path = join(place, 'folders', `${index}`);
      plant(path, tree);
      mkdirSync(join(path, '.stfolder'));
      mkdirSync(join(path, '.stversions/a'), { recursive: true });
      writeFileSync(join(path, '.stversions/a/old'), '');
      writeFileSync(join(path, '.stignore'), head + lines.join(end));
      writeFileSync(join(path, '.more'), more.join(end));
      mkdirSync(join(path, 'b'), { recursive: true });
      writeFileSync(join(path, 'b/.more'), `#include ../.more${end}c`);
      writeFileSync(join(path, '.syncthing.x.tmp'), '');
      return `<folder id="f${index}" label="${index}" path="${path}" type="sendreceive" rescanIntervalS="0" fsWatcherEnabled="true" fsWatcherDelayS="10"><filesystemType>basic</filesystemType><paused>false</paused></folder>`;
    });
    mkdirSync(home);
    writeFileSync(
      join(home, 'config.xml'),
      `<configuration version="36">${folders.join('\n')}
<gui enabled="true" tls="false"><address>127.0.0.1:${gui}</address><apikey>key</apikey></gui>
<options><listenAddress>tcp://127.0.0.1:${listen}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
<startBrowser>false</startBrowser><urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH></options></configuration>`,
    );
    const child = spawn('syncthing', ['serve', '--no-browser', '--no-restart', '--home', home], {
      stdio: 'ignore',
      env: { ...process.env, HOME: home, STMONITORED: 'yes', STNOUPGRADE: '1', STNODEFAULTFOLDER: '1' },
    });
    children.push(child);
    const ask = async (path: string, method = 'GET'): Promise<Response> =>
      fetch(`http://127.0.0.1:${gui}/rest/${path}`, { method, headers: { 'X-API-Key': 'key' } });
    await until('Syncthing answers', async () => {
      if (child.exitCode !== null) throw new Error('syncthing ended');
      return ask('system/ping').then(
        ({ ok }) => ok,
        () => false,
      );
    });
    const roots = rootsOf('syncthing', { home, argv: ['syncthing', 'serve', `--home=${home}`] });
    expect(roots).toHaveLength(cases.length);
    const indexedRoots: { root: Root; rules: unknown; misses: boolean }[] = [];
    const differing: unknown[] = [];
    for (const [index, root] of roots.entries()) {
      const { tree: _, ...rules } = cases[index] ?? { tree: NOTHING, lines: [] };
      const note = JSON.stringify(rules).slice(0, 500);
      const scan = await ask(`db/scan?folder=f${index}`, 'POST');
      const isScanned = !(root.caveat ?? '').includes('will not scan');
      if (scan.ok !== isScanned) differing.push({ note, scanned: scan.ok, caveat: root.caveat });
      if (!scan.ok || !isScanned) continue;
      // It misses names beyond ASCII where ? or [] stands: then more is counted than it has, never less, and that is said.
      const misses = root.caveat !== null;
      const seen = walk(root.path, root.ignore);
      const indexed = paths((await (await ask(`db/browse?folder=f${index}`)).json()) as BrowseEntry[], '');
      const files = differencesOf(seen.files, indexed.files).filter((path) => isMeant(path, misses));
      if (files.length > 0) differing.push({ note, files });
      const entered = seen.directories.filter((path) => !path.startsWith('.st'));
      // For a `!` somewhere below, ignored directories are entered too, though not indexed.
      const isExact = rules.lines.every((line) => !line.includes('!'));
      const directories = differencesOf(entered, indexed.directories).filter(
        (path) => isMeant(path, misses) && (isExact || path.startsWith('-')),
      );
      if (directories.length > 0) differing.push({ note, directories });
      indexedRoots.push({ root, rules: note, misses });
    }
    expect(differing).toEqual([]);
    expect(indexedRoots.length).toBeGreaterThan(150);
    const watched = await settledWatches(child);
    for (const { root, rules, misses } of indexedRoots) {
      const everything = walk(root.path, NO_EXCLUSIONS).directories;
      const actual = everything.filter((path) => watched.has(statSync(join(root.path, path)).ino));
      const watches = differencesOf(walk(root.path, root.ignore).directories, actual).filter((path) =>
        isMeant(path, misses),
      );
      if (watches.length > 0) differing.push({ rules, watches });
    }
    expect(differing).toEqual([]);
    await endChild(child);
  });
});

const BEYOND_ASCII = /[^\0-\x7f]/;

/** Whether a difference is one that nothing was said about. */
const isMeant = (difference: string, misses: boolean): boolean =>
  !misses || difference.startsWith('-') || !BEYOND_ASCII.test(difference);

function paths(entries: readonly BrowseEntry[], above: string): Seen {
  const seen: Seen = { directories: [], files: [] };
  for (const { name, type, children: below = [] } of entries) {
    if (type !== 'FILE_INFO_TYPE_DIRECTORY') {
      seen.files.push(above + name);
      continue;
    }
    seen.directories.push(above + name);
    const inside = paths(below, `${above}${name}/`);
    seen.directories.push(...inside.directories);
    seen.files.push(...inside.files);
  }
  return seen;
}
