import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Exclusions } from '../../src/domain/exclusions.ts';
import { parseSyncExclude, SyncExcludeLists } from '../../src/profiles/sync-exclude.ts';
import { daemonStage } from '../support/daemon-trees.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { differingFrom } from '../support/rule-answers.ts';
import { pathsOf, type RuleCase, ruleCases } from '../support/rule-cases.ts';

// The Nextcloud client's own library is the reference: it answers for 200 lists and every path of a tree.

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
const csync = join(LIBRARIES, 'libnextcloud_csync.so.0');
const hasClient = existsSync(csync) && existsSync(join(LIBRARIES, 'libQt5Core.so.5')) && hasProgram('g++');

const { place } = daemonStage();
const program = join(place, 'nextcloud-exclude');

/** Texts by the directory they lie in; '' is the top. */
type Lists = Readonly<Record<string, string>>;

interface ListCase extends RuleCase {
  readonly lists: Lists;
}

function plant({ tree, lists }: ListCase, home: string): void {
  for (const [directory, text] of Object.entries(lists)) {
    const below = join(home, 'tree', directory);
    mkdirSync(below, { recursive: true });
    writeFileSync(directory === '' ? join(home, 'sync-exclude.lst') : join(below, '.sync-exclude.lst'), text);
  }
  const lines = pathsOf(tree).map(({ path, isDirectory }) => `${isDirectory ? 'd' : 'f'} ${path}\n`);
  writeFileSync(join(home, 'paths'), lines.join(''));
}

function askClient(root: string, cases: readonly ListCase[]): boolean[][] {
  for (const [index, each] of cases.entries()) plant(each, join(root, `${index}`));
  const told = execFileSync(program, [root], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return told.split('\n').map((line) => Array.from(line, (sign) => sign === '1'));
}

interface Read {
  readonly rules: Exclusions;
  readonly isUnderstood: boolean;
}

function read(lists: Lists): Read {
  const read = new SyncExcludeLists(false);
  const told = Object.entries(lists).map(([directory, text]) =>
    read.add(Buffer.from(directory).toString('latin1'), parseSyncExclude(text)),
  );
  return { rules: read.exclusions, isUnderstood: !told.includes(false) };
}

/** What differs, but for more that is counted where a list is not understood. */
function differing(root: string, cases: readonly ListCase[]) {
  const answers = askClient(root, cases);
  const known = cases.map((each, index) => ({ each, ...read(each.lists), answer: answers[index] ?? null }));
  const found = known.flatMap(({ each, rules, isUnderstood, answer }) =>
    differingFrom([each], [answer], () => rules)
      .filter(({ differences }) => isUnderstood || differences.some((line) => line.startsWith('-')))
      .map((difference) => ({ ...difference, lists: each.lists })),
  );
  return { found, notUnderstood: known.filter(({ isUnderstood }) => !isUnderstood).length };
}

const cases = ruleCases(
  200,
  ['', '', '', ']', '\\]'],
  ['\\?', '\\*f', '.*', '*.*', '[a\\]b]*', '[[:alpha:]]*', '\\a'],
);

/** Of the directories of a tree every eighth has a list: another case's rules, and the path of something below it. */
function nested({ tree, text }: RuleCase, index: number): ListCase {
  const paths = pathsOf(tree);
  const directories = paths.filter(({ isDirectory }) => isDirectory);
  const listed = directories.filter((_, at) => (at + index) % 8 === 0);
  const lists = listed.map(({ path }, at) => {
    const below = paths.filter((each) => each.path.startsWith(`${path}/`)).at(index % 4);
    const other = cases[(index * 7 + at + 1) % cases.length]?.text ?? '';
    const own = below?.path.slice(path.length + 1) ?? '';
    return [path, `${other.slice(0, 1000)}\n${own}`] as const;
  });
  // What ends one of their paths is asked of the top, too.
  const trigger = index % 2 === 0 ? 'nowhere/*\n' : '';
  return { tree, text, lists: { '': trigger + text, ...Object.fromEntries(lists) } };
}

describe.runIf(isMet(hasClient, 'nextcloudcmd 3.7 (Qt 5) and g++ are needed for sync-exclude.lst'))(
  "the Nextcloud client's own library leaves out",
  () => {
    beforeAll(() => {
      const source = join(import.meta.dirname, '../support/nextcloud-exclude.cpp');
      const links = [csync, join(LIBRARIES, 'libQt5Core.so.5'), '-Wl,--allow-shlib-undefined'];
      execFileSync('g++', ['-o', program, source, ...links]);
    });

    it('what is taken for left out by 200 lists, and more is counted only where that is said', () => {
      const plain = cases.map((each) => ({ ...each, lists: { '': each.text } }));
      const { found, notUnderstood } = differing(join(place, 'plain'), plain);
      expect(found).toEqual([]);
      expect(notUnderstood).toBeLessThan(cases.length / 3);
    });

    it('what is taken for left out where directories have lists of their own', () => {
      const { found, notUnderstood } = differing(join(place, 'nested'), cases.map(nested));
      expect(found).toEqual([]);
      expect(notUnderstood).toBeLessThan(cases.length / 2);
    });
  },
);
