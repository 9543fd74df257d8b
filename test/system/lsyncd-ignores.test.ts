import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_EXCLUSIONS } from '../../src/domain/exclusions.ts';
import {
  daemonStage,
  differencesOf,
  endChild,
  inotifyTexts,
  plant,
  rootsOf,
  sample,
  settledWatches,
  treeOf,
  until,
  walk,
} from '../support/daemon-trees.ts';

// The daemon itself is the reference: it is given trees and rules nobody chose, and must see what is predicted.

const { place, children } = daemonStage();

describe('lsyncd watches what its rules leave', () => {
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
    '.x',
    'é',
    'a b',
    '[ab]',
    '-',
    '+',
    'A*',
    '[x]',
    '{y}',
    'a\\\\b',
    '#c',
    ' d',
    'e ',
    '\u65e5?',
    '\u65e5*',
    '%a',
    '^a',
    '(b)',
    '***',
  );
  const pattern = fc
    .tuple(
      fc.constantFrom('', '/', '', '**/'),
      fc.array(token, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('', '', '/', '/**', '*', '$'),
    )
    .map(([head, parts, tail]) => `${head}${parts.join('/')}${tail}`);
  const exclude = fc.array(pattern, { minLength: 1, maxLength: 4 });
  const filter = fc.array(
    fc.tuple(fc.constantFrom('- ', '+ '), pattern).map(([sign, text]) => sign + text),
    { maxLength: 4 },
  );
  const cases = sample(
    fc.record({
      tree: treeOf,
      exclude,
      filter: fc.oneof(fc.constant<string[]>([]), filter),
      isFile: fc.boolean(),
      head: fc.constantFrom('', '', '', '\uFEFF', '\uFEFF- a\n'),
      end: fc.constantFrom('\n', '\n', '\r\n'),
      long: fc.constantFrom('', '', 'a'.repeat(5000), ' '.repeat(70_000)),
    }),
    200,
  );
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\')}'`;

  it('in 200 syncs at once', async () => {
    const home = join(place, 'lsyncd');
    const blocks = cases.map(({ tree, exclude: patterns, filter: lines, isFile, head, end, long }, index) => {
      const source = join(home, `${index}`);
      plant(source, tree);
      writeFileSync(
        `${source}.rules`,
        `${head}# x${end}${patterns.map((text) => `- ${text}`).join(end)}${end}+ ignored${end}${long}${end}`,
      );
      const rules = isFile
        ? `excludeFrom = '${source}.rules'`
        : `exclude = { ${patterns.map(quoted).join(', ')} }`;
      const filters = lines.length > 0 ? `filter = { ${lines.map(quoted).join(', ')} },` : '';
      return `sync { default.rsync, source = '${source}', target = '${home}/nowhere', rsync = { binary = '${home}/rsync' }, ${filters} ${rules} }`;
    });
    // Takes its rules and copies nothing: only the watches are looked at.
    writeFileSync(join(home, 'rsync'), '#!/bin/sh\ncat > /dev/null\n', { mode: 0o755 });
    const config = join(home, 'lsyncd.conf.lua');
    const log = join(home, 'log');
    writeFileSync(config, `settings { nodaemon = true }\n${blocks.join('\n')}\n`);
    const out = openSync(log, 'w');
    const child = spawn('lsyncd', ['-nodaemon', '-log', 'Inotify', config], { stdio: ['ignore', out, out] });
    closeSync(out);
    children.push(child);
    await until('lsyncd runs', () => {
      if (child.exitCode !== null || !existsSync(`/proc/${child.pid}/fd`))
        throw new Error(readFileSync(log, 'utf8').slice(-2000));
      return inotifyTexts(child.pid ?? 0).length > 0;
    });
    const watched = await settledWatches(child);
    const roots = rootsOf('lsyncd', { home, argv: ['lsyncd', config] });
    expect(roots).toHaveLength(cases.length);
    const differing: unknown[] = [];
    for (const [index, root] of roots.entries()) {
      expect(root.caveat).toBeNull();
      const everything = walk(root.path, NO_EXCLUSIONS).directories;
      const actual = everything.filter((path) => watched.has(statSync(join(root.path, path)).ino));
      const { tree: _, long: __, ...rules } = cases[index] ?? { tree: null, long: '' };
      const differences = differencesOf(walk(root.path, root.ignore).directories, actual);
      if (differences.length > 0) differing.push({ ...rules, differences });
    }
    expect(differing).toEqual([]);
    await endChild(child);
  });
});
