import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daemonStage, nameOf, plant, rootsOf, sample, treeOf, walk } from '../support/daemon-trees.ts';

// The daemon itself is the reference: it is given trees and rules nobody chose, and must see what is predicted.

const { place } = daemonStage();

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
      weight: 1,
      arbitrary: fc
        .array(rule, { minLength: 2, maxLength: 5 })
        .map((each) => ['--filter-from', each.map(([, text]) => text).join('\n')]),
    },
  );

  it.each(sample(fc.record({ tree: treeOf, rules }), 60).map((each, index) => ({ ...each, index })))(
    'rules $index',
    ({ tree, rules: written, index }) => {
      const home = join(place, `rclone-${index}`);
      const root = join(home, 'tree');
      plant(root, tree);
      writeFileSync(join(home, 'rules'), `# a comment\n\n${written[1] ?? ''}\n; another\n`);
      const flags = written[0] === '--filter-from' ? ['--filter-from', join(home, 'rules')] : written;
      const [found] = rootsOf('rclone', { home, argv: ['rclone', 'sync', ...flags, root, 'remote:books'] });
      const listed = execFileSync('rclone', ['lsf', '-R', ...flags, root], {
        env: { ...process.env, HOME: home },
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const paths = listed.split('\n').filter((path) => path !== '');
      expect(found?.caveat).toBeNull();
      if (found === undefined) return;
      const seen = walk(root, found.ignore);
      expect(seen.files).toEqual(paths.filter((path) => !path.endsWith('/')).sort());
      const directories = paths.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1));
      expect(seen.directories).toEqual(directories.sort());
    },
  );
});
