// Rules nobody chose for trees nobody chose, for syntaxes whose reference is a program or library that answers path by path.

import fc from 'fast-check';
import { type Node, nameOf, sample, treeOf } from './daemon-trees.ts';

export interface RuleCase {
  readonly tree: Node;
  readonly text: string;
}

export interface TreePath {
  readonly path: string;
  readonly isDirectory: boolean;
}

/** Every path below the root, directories before what is in them. */
export function pathsOf(node: Node, above = ''): TreePath[] {
  return [
    ...node.files.map((name) => ({ path: above + name, isDirectory: false })),
    ...Object.entries(node.directories).flatMap(([name, below]) => [
      { path: above + name, isDirectory: true },
      ...pathsOf(below, `${above}${name}/`),
    ]),
  ];
}

/** What is left of a tree by an answer for each path, where nothing is asked below a directory left out. */
export function keptOf(paths: readonly TreePath[], isLeftOut: (path: TreePath) => boolean): string[] {
  const gone: string[] = [];
  return paths.flatMap((each) => {
    if (gone.some((path) => each.path.startsWith(path))) return [];
    if (!isLeftOut(each)) return [each.path];
    if (each.isDirectory) gone.push(`${each.path}/`);
    return [];
  });
}

const TOKENS = ['a', 'b', 'ab', 'A*', 'foo', '*', '?', 'a*', '*.t', '**', '.x', '\u00e9', '*f', 'a b', 'b.?'];
const ODD = [
  '[ab]',
  '[!a]',
  '[^a]*',
  '[a-c]*',
  '[[]x]',
  '\\[x\\]',
  '{y}',
  'a\\\\b',
  '\\#c',
  '#c',
  '!g',
  '\\!g',
  ' d',
  'e ',
];
const BEYOND = [
  '\u65e5*',
  '?\u672c',
  '[\u65e5\u00e9]*',
  'A\u03a3',
  '\u0130',
  '***',
  'b**',
  '**f',
  '[',
  'a[',
  '[]',
  '[]a]',
  '[b-a]*',
  '\\',
];

const short = fc.constantFrom('a', 'b');

/** What may or may not cross a slash: two names with one sign between them. */
const crossing: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '/'),
    short,
    fc.constantFrom('?', '*', '[!x]'),
    short,
    fc.constantFrom('', '', '/', 'f'),
  )
  .map((parts) => parts.join(''));

/** A tree in which such a rule has something to cross. */
function withCrossings({ files, directories }: Node): Node {
  const deeper = { a: { files: ['af'], directories: {} }, b: { files: ['bf'], directories: {} } };
  const below = { files: ['af', 'bf'], directories: deeper };
  return { files, directories: { ...directories, a: below, b: below } };
}

/** Texts of up to 6 rules with comments, blank lines, odd line ends, marks and very long lines. */
export function ruleCases(count: number, heads: readonly string[], more: readonly string[] = []): RuleCase[] {
  const token = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...TOKENS) },
    { weight: 2, arbitrary: nameOf },
    { weight: 3, arbitrary: fc.constantFrom(...ODD, ...more) },
    { weight: 1, arbitrary: fc.constantFrom(...BEYOND) },
  );
  const rule = fc
    .tuple(
      fc.constantFrom(...heads),
      fc.constantFrom('', '', '/', '**/'),
      fc.array(token, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '', '', '/', '/**', '/*', ' ', '\\ '),
    )
    .map(([head, start, parts, tail]) => head + start + parts.join('/') + tail);
  const line = fc.oneof(
    { weight: 9, arbitrary: rule },
    { weight: 4, arbitrary: crossing },
    { weight: 1, arbitrary: fc.constantFrom('', '  ', '# a comment', '/', '!', 'x'.repeat(70_000), '\t*f') },
  );
  const text = fc
    .tuple(
      fc.constantFrom('', '', '', '', '\uFEFF'),
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.constantFrom('\n', '\n', '\n', '\r\n'),
    )
    .map(([mark, lines, end]) => mark + lines.join(end));
  return sample(fc.record({ tree: treeOf.map(withCrossings), text }), count);
}
