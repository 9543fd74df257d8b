import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

// The floor plan of src/README.md, as the code must keep it: a file imports its own room or a lower floor.
const FLOOR_OF: Readonly<Record<string, number>> = {
  domain: 0,
  formats: 1,
  kernel: 2,
  census: 3,
  profiles: 3,
  settings: 3,
  inits: 3,
  actuators: 4,
  estimation: 4,
  gate: 5,
  sentinel: 5,
  companion: 5,
  learning: 5,
  surfaces: 6,
  '.': 7,
};

// One door per dependency: a swap touches one file.
const DOOR_OF: Readonly<Record<string, string>> = {
  chokidar: 'companion/configuration-watch.ts',
  commander: 'surfaces/cli/command-tree.ts',
  croner: 'companion/schedule.ts',
  execa: 'companion/hook.ts',
  'fast-glob': 'profiles/glob.ts',
  pino: 'companion/journal.ts',
  'tar-stream': 'surfaces/cli/bundle-file.ts',
  'smol-toml': 'settings/settings-file.ts',
  koffi: 'kernel/native.ts',
};

interface Import {
  readonly from: string;
  readonly specifier: string;
}

function sourceFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\brequire\w*\s*\(\s*)['"]([^'"]+)['"]/g;

function importsOf(path: string, text: string): Import[] {
  return [...text.matchAll(SPECIFIER)].map((match) => ({ from: path, specifier: match[1] ?? '' }));
}

const roomOf = (path: string): string => (path.includes('/') ? (path.split('/')[0] ?? '.') : '.');

function violations(files: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  for (const [path, text] of files) {
    for (const { specifier } of importsOf(path, text)) found.push(...violationsOf(path, specifier));
  }
  return found;
}

function violationsOf(path: string, specifier: string): string[] {
  if (specifier.startsWith('.')) return floorViolation(path, join(path, '..', specifier));
  if (specifier.startsWith('node:')) return builtinViolation(path, specifier);
  const door = DOOR_OF[specifier];
  return door === path ? [] : [`${path} imports ${specifier}, whose door is ${door ?? 'not drawn'}`];
}

function floorViolation(path: string, target: string): string[] {
  // The one file above src: its version is baked in at build time.
  if (target === '../package.json') return [];
  const [from, to] = [roomOf(path), roomOf(target)];
  if (from === to) return [];
  const [here, there] = [FLOOR_OF[from], FLOOR_OF[to]];
  if (here === undefined || there === undefined)
    return [`${path} or ${target} is in a room the plan does not draw`];
  return there < here ? [] : [`${path} (floor ${here}) imports ${target} (floor ${there})`];
}

function builtinViolation(path: string, specifier: string): string[] {
  const floor = FLOOR_OF[roomOf(path)] ?? 0;
  return floor <= 1 ? [`${path} (floor ${floor}) imports ${specifier}: floors 0 and 1 are pure`] : [];
}

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

const SRC = join(import.meta.dirname, '../src');
const sources = new Map(sourceFiles(SRC).map((path) => [path, readFileSync(join(SRC, path), 'utf8')]));

describe('the house', () => {
  it('imports only go down, and every package has one door', () => {
    expect(violations(sources)).toEqual([]);
  });

  it('is seen to fail on an upward import, a pure floor touching the machine, and a package outside its door', () => {
    const broken = new Map([
      ['domain/units.ts', "import { x } from '../kernel/detect.ts';"],
      ['formats/psi.ts', "import { readFileSync } from 'node:fs';"],
      ['kernel/detect.ts', "const koffi = require('koffi');"],
    ]);
    expect(violations(broken)).toHaveLength(3);
  });

  it('pure floors read no clock and no randomness', () => {
    const impure = [...sources]
      .filter(([path]) => (FLOOR_OF[roomOf(path)] ?? 0) <= 1)
      .filter(([, text]) =>
        /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|process\.)/.test(withoutComments(text)),
      );
    expect(impure.map(([path]) => path)).toEqual([]);
  });

  it('the guard knows one monotonic clock, which loads nothing: times of two clocks compare to nonsense', () => {
    const guards = ['sentinel', 'actuators', 'kernel'];
    const others = [...sources].filter(
      ([path, text]) => guards.includes(roomOf(path)) && /\bperformance\./.test(withoutComments(text)),
    );
    expect(others.map(([path]) => path)).toEqual([]);
  });

  it('sends signals from one file only', () => {
    const senders = [...sources].filter(([, text]) => /process\.kill\(/.test(text)).map(([path]) => path);
    expect(senders.filter((path) => path !== 'actuators/signal.ts')).toEqual([]);
  });

  it('no room is a drawer', () => {
    const drawers = [...sources.keys()].filter((path) =>
      /(^|\/)(utils?|helpers?|common|misc|manager|service|types|constants|lib)(\/|\.ts$)/.test(path),
    );
    expect(drawers).toEqual([]);
  });
});
