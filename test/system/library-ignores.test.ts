import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Exclusions, NO_EXCLUSIONS } from '../../src/domain/exclusions.ts';
import { isIgnoredByGit, parseGitignore } from '../../src/profiles/gitignore.ts';
import { compileMignore } from '../../src/profiles/mignore.ts';
import { isIgnoredByPathspec, parsePathspec } from '../../src/profiles/pathspec.ts';
import { compileSeafileIgnore } from '../../src/profiles/seafile-ignore.ts';
import { compileSyncExclude, parseSyncExclude } from '../../src/profiles/sync-exclude.ts';
import { daemonStage, differencesOf, plant } from '../support/daemon-trees.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { keptOf, pathsOf, type RuleCase, ruleCases, type TreePath } from '../support/rule-cases.ts';

// The program or library a daemon asks is the reference. Each answers for 200 texts of rules and every path of a tree.

const { place } = daemonStage();

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const keptBy = (paths: readonly TreePath[], rules: Exclusions): string[] =>
  keptOf(paths, ({ path, isDirectory }) => {
    const [whole, name] = [latin1(path), latin1(path.slice(path.lastIndexOf('/') + 1))];
    return isDirectory ? rules.prunesDirectory(whole, name) : rules.skipsLeaf?.(whole, name) === true;
  });

interface Difference {
  readonly text: string;
  readonly differences: readonly string[];
}

/** Where what is counted differs from what the reference keeps; answers are in the order of a case's paths. */
function differingFrom(
  cases: readonly RuleCase[],
  answers: readonly (readonly boolean[] | null)[],
  rulesOf: (text: string, answer: readonly boolean[] | null) => Exclusions,
): Difference[] {
  return cases.flatMap(({ tree, text }, index) => {
    const paths = pathsOf(tree);
    const answer = answers[index] ?? null;
    const actual = keptOf(paths, (path) => answer?.[paths.indexOf(path)] === true);
    const differences = differencesOf(keptBy(paths, rulesOf(text, answer)), actual);
    return differences.length > 0 ? [{ text: text.slice(0, 500), differences }] : [];
  });
}

/** A reference in Python: all cases in, all answers out. */
function askPython(script: string, cases: readonly RuleCase[]): (boolean[] | null)[] {
  const asked = cases.map(({ tree, text }) => [
    text,
    pathsOf(tree).map(({ path, isDirectory }) => [path, isDirectory]),
  ]);
  const program = join(import.meta.dirname, '../support', script);
  const told = execFileSync(PYTHON, ['-W', 'ignore', program], {
    input: JSON.stringify(asked),
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  return JSON.parse(told) as (boolean[] | null)[];
}

/** The one Debian's packages are for, whatever else is in PATH. */
const PYTHON = '/usr/bin/python3';

function canImport(module: string): boolean {
  try {
    execFileSync(PYTHON, ['-c', `import ${module}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(isMet(hasProgram('git'), 'git is the reference for gitignore'))('git ignores', () => {
  it('what is taken for ignored, by 200 texts of rules', () => {
    const cases = ruleCases(200, ['', '', '', '!', '!']);
    const root = join(place, 'git');
    for (const [index, { tree, text }] of cases.entries()) {
      plant(join(root, `${index}`), tree);
      writeFileSync(join(root, `${index}/.gitignore`), text);
    }
    execFileSync('git', ['init', '-q', root]);
    const asked = cases.flatMap(({ tree }, index) => pathsOf(tree).map(({ path }) => `${index}/${path}`));
    const told = execFileSync(
      'git',
      ['-C', root, '-c', 'core.excludesFile=/dev/null', 'check-ignore', '-z', '--stdin'],
      { input: asked.join('\0'), encoding: 'utf8', maxBuffer: 1e9 },
    );
    const ignored = new Set(told.split('\0'));
    const answers = cases.map(({ tree }, index) =>
      pathsOf(tree).map(({ path }) => ignored.has(`${index}/${path}`)),
    );
    const differing = differingFrom(cases, answers, (text) => {
      const rules = parseGitignore(text);
      return {
        prunesDirectory: (path) => isIgnoredByGit(rules, path, true),
        skipsLeaf: (path) => isIgnoredByGit(rules, path, false),
      };
    });
    expect(differing).toEqual([]);
    expect(ignored.size).toBeGreaterThan(500);
  });
});

describe.runIf(isMet(canImport('pathspec'), 'python3-pathspec is the reference for .mignore'))(
  'pathspec ignores',
  () => {
    const cases = ruleCases(200, ['', '', '', '!', '!']);

    it('what is taken for ignored, and fails where it is said to fail', () => {
      const answers = askPython('pathspec-scan.py', cases);
      const differing = differingFrom(cases, answers, (text, answer) => {
        const parsed = parsePathspec(text);
        expect(parsed.ok, text.slice(0, 500)).toBe(answer !== null);
        if (!parsed.ok) return NO_EXCLUSIONS;
        const textOf = (path: string): string => Buffer.from(path, 'latin1').toString();
        return {
          prunesDirectory: (path) => isIgnoredByPathspec(parsed.value, `${textOf(path)}/`),
          skipsLeaf: (path) => isIgnoredByPathspec(parsed.value, textOf(path)),
        };
      });
      expect(differing).toEqual([]);
    });

    it('never keeps what .mignore is taken to leave out', () => {
      const answers = askPython('pathspec-scan.py', cases);
      const differing = differingFrom(cases, answers, (text) => {
        const compiled = compileMignore(text);
        return compiled.ok ? compiled.value : NO_EXCLUSIONS;
      });
      const hidden = differing.filter(({ differences }) => differences.some((each) => each.startsWith('-')));
      expect(hidden).toEqual([]);
      expect(differing.length).toBeLessThan(cases.length / 4);
    });
  },
);

const hasGlib = hasProgram('python3') && canImport('ctypes, sys; ctypes.CDLL("libglib-2.0.so.0")');

describe.runIf(isMet(hasGlib, 'GLib is the reference for seafile-ignore.txt'))('GLib matches', () => {
  it('what is taken for ignored by 200 texts of seafile-ignore.txt', () => {
    const cases = ruleCases(200, ['', '', '', '!']);
    const answers = askPython('glib-patterns.py', cases);
    expect(differingFrom(cases, answers, compileSeafileIgnore)).toEqual([]);
  });
});

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';
const csync = join(LIBRARIES, 'libnextcloud_csync.so.0');
const hasClient = existsSync(csync) && existsSync(join(LIBRARIES, 'libQt5Core.so.5')) && hasProgram('g++');

describe.runIf(isMet(hasClient, 'nextcloudcmd 3.7 (Qt 5) and g++ are needed for sync-exclude.lst'))(
  "the Nextcloud client's own library leaves out",
  () => {
    const cases = ruleCases(
      200,
      ['', '', '', ']', '\\]'],
      ['\\?', '\\*f', '.*', '*.*', '[a\\]b]*', '[[:alpha:]]*', '\\a'],
    );

    it('what is taken for left out by 200 lists, and more is counted only where that is said', () => {
      const root = join(place, 'nextcloud');
      for (const [index, { tree, text }] of cases.entries()) {
        const home = join(root, `${index}`);
        mkdirSync(join(home, 'tree'), { recursive: true });
        writeFileSync(join(home, 'sync-exclude.lst'), text);
        const lines = pathsOf(tree).map(({ path, isDirectory }) => `${isDirectory ? 'd' : 'f'} ${path}\n`);
        writeFileSync(join(home, 'paths'), lines.join(''));
      }
      const program = join(place, 'nextcloud-exclude');
      const source = join(import.meta.dirname, '../support/nextcloud-exclude.cpp');
      const links = [csync, join(LIBRARIES, 'libQt5Core.so.5'), '-Wl,--allow-shlib-undefined'];
      execFileSync('g++', ['-o', program, source, ...links]);
      const told = execFileSync(program, [root], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      const answers = told.split('\n').map((line) => Array.from(line, (sign) => sign === '1'));
      let notUnderstood = 0;
      const differing = differingFrom(cases, answers, (text) => {
        const compiled = compileSyncExclude(parseSyncExclude(text), false);
        if (!compiled.ok) notUnderstood += 1;
        return compiled.ok ? compiled.value : NO_EXCLUSIONS;
      }).filter(({ text, differences }) => {
        const isSaid = !compileSyncExclude(parseSyncExclude(text), false).ok;
        return !isSaid || differences.some((each) => each.startsWith('-'));
      });
      expect(differing).toEqual([]);
      expect(notUnderstood).toBeLessThan(cases.length / 3);
    });
  },
);
