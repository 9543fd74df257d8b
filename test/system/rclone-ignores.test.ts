import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  daemonStage,
  differencesOf,
  type Node,
  nameOf,
  plant,
  rootsOf,
  sample,
  treeOf,
  walk,
} from '../support/daemon-trees.ts';

// The daemon itself is the reference: it is given trees and rules nobody chose, and must see what is predicted.

const { place } = daemonStage();

const END = fc.constantFrom('\n', '\n', '\r\n');
const [richTree = { files: [], directories: {} }] = sample(treeOf, 1);

describe('rclone lists what its rules leave', () => {
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
    '[^a]',
    '[a-b]*',
    '{a,b}',
    'é',
    '*f',
    'A*',
    '\\[x\\]',
    '[[]x*',
    '\\{y\\}',
    '{a,{b,ab}}',
    '{a,b/**}',
    'a\\\\b',
    '#c',
    '!g',
    ' d',
    'e ',
    '\u65e5?',
    '?\u672c',
    '[\u65e5\u00e9]*',
    'a\u03c3',
    '{{a|b}}',
    '{{[a-z]+}}',
    '?f',
  );
  const glob = fc
    .tuple(
      fc.constantFrom('', '/', '', '**/'),
      fc.array(token, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '', '/', '/**', '/*'),
    )
    .map(([head, parts, tail]) => `${head}${parts.join('/')}${tail}`)
    .filter((text) => !text.includes('***'));
  const rule = fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('- ', '- ', '+ '), glob)
        .map(([sign, text]) => ['--filter', sign + text]),
    },
    { weight: 1, arbitrary: fc.constant(['--filter', '!']) },
  );
  const rules = fc.oneof(
    { weight: 5, arbitrary: fc.array(rule, { minLength: 1, maxLength: 6 }).map((each) => each.flat()) },
    {
      weight: 2,
      arbitrary: fc
        .array(glob, { minLength: 1, maxLength: 3 })
        .map((each) => each.flatMap((text) => ['--exclude', text])),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(glob, { minLength: 1, maxLength: 3 })
        .map((each) => each.map((text) => `--include=${text}`)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(nameOf, glob)
        .map(([name, text]) => ['--exclude-if-present', `${name}f`, '--exclude', text]),
    },
    { weight: 1, arbitrary: glob.map((text) => ['--ignore-case', '--exclude', text.toUpperCase()]) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('', '', '', '\uFEFF'), fc.array(rule, { minLength: 2, maxLength: 5 }), END)
        .map(([head, each, end]) => [
          '--filter-from',
          `${head}# a comment${end}${end} ${each.map(([, text]) => text).join(end)}${end}; another${end}`,
        ]),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom('--exclude-from', '--include-from'),
          fc.array(glob, { minLength: 1, maxLength: 3 }),
          END,
          fc.constantFrom('', '', `# ${'x'.repeat(60_000)}`, 'x'.repeat(70_000)),
        )
        .map(([flag, each, end, long]) => [flag, `${each.join(end)}${end}${long}`]),
    },
    {
      weight: 1,
      arbitrary: fc
        .array(fc.array(nameOf, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })
        .map((each) => ['--files-from', each.map((names) => `${names.join('/')}f`).join('\n')]),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: 4 }), glob)
        .map(([depth, text]) => ['--max-depth', `${depth}`, '--exclude', text]),
    },
  );

  // What rclone will not start with, and what it takes for something else than it looks.
  const odd = [
    '[]',
    '[!a]f',
    '[a',
    '{a',
    'a}',
    'a\\',
    'a]',
    '{{a',
    '***',
    '[[:alpha:]]*',
    '',
    '/',
    '**',
    '{}',
    '[^]]f',
  ];
  const cases = [
    ...sample(fc.record({ tree: treeOf, rules }), 200),
    ...odd.map((text) => ({ tree: richTree, rules: ['--exclude', text] })),
  ];

  it('in 215 runs', async () => {
    const differing: unknown[] = [];
    const left = cases.entries();
    const listInTurn = async (): Promise<void> => {
      for (const [index, { tree, rules: written }] of left) {
        const difference = await differenceOf(join(place, `rclone-${index}`), tree, written);
        if (difference !== null)
          differing.push({ rules: written.map((word) => word.slice(0, 500)), ...difference });
      }
    };
    // Two at a time: a start of rclone is 80 ms of one processor.
    await Promise.all([listInTurn(), listInTurn()]);
    expect(differing).toEqual([]);
  });
});

const FROM = /^--(?:filter|exclude|include|files)-from$/;

/** What we count and rclone does not list, or the other way round; null: they agree. */
async function differenceOf(home: string, tree: Node, written: readonly string[]): Promise<object | null> {
  const root = join(home, 'tree');
  plant(root, tree);
  const isFile = FROM.test(written[0] ?? '');
  if (isFile) writeFileSync(join(home, 'rules'), written[1] ?? '');
  const flags = isFile ? [written[0] ?? '', join(home, 'rules')] : written;
  const [found] = rootsOf('rclone', { home, argv: ['rclone', 'sync', ...flags, root, 'remote:books'] });
  if (found === undefined) return { found };
  const listed = await listOf([...flags, root], home);
  if (listed === null) return found.caveat === null ? { caveat: null, rclone: 'refuses' } : null;
  const seen = walk(root, found.ignore);
  const paths = listed.split('\n').filter((path) => path !== '');
  // Directories at the greatest depth are named and not opened.
  const depth = written[0] === '--max-depth' ? Number(written[1]) : Number.POSITIVE_INFINITY;
  const directories = paths
    .filter((path) => path.endsWith('/'))
    .map((path) => path.slice(0, -1))
    .filter((path) => path.split('/').length < depth);
  const differences = [
    ...differencesOf(
      seen.files,
      paths.filter((path) => !path.endsWith('/')),
    ),
    ...differencesOf(seen.directories, directories),
  ];
  // What is not understood is said, and then everything is counted.
  const wrong = found.caveat === null ? differences : differences.filter((path) => path.startsWith('-'));
  return wrong.length > 0 ? { differences: wrong } : null;
}

/** null: rclone would not start with these flags. */
async function listOf(words: readonly string[], home: string): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('rclone', ['lsf', '-R', ...words], {
      env: { ...process.env, HOME: home },
    });
    return stdout;
  } catch {
    return null;
  }
}
