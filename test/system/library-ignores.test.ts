import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NO_EXCLUSIONS } from '../../src/domain/exclusions.ts';
import { isIgnoredByGit, parseGitignore } from '../../src/profiles/gitignore.ts';
import { compileMignore } from '../../src/profiles/mignore.ts';
import { isIgnoredByPathspec, parsePathspec } from '../../src/profiles/pathspec.ts';
import { compileSeafileIgnore } from '../../src/profiles/seafile-ignore.ts';
import { daemonStage, plant } from '../support/daemon-trees.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { differingFrom } from '../support/rule-answers.ts';
import { pathsOf, type RuleCase, ruleCases } from '../support/rule-cases.ts';

// The program or library a daemon asks is the reference. Each answers for 200 texts of rules and every path of a tree.

const { place } = daemonStage();

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
