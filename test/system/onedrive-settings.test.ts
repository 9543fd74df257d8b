import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandHome } from '../../src/profiles/command.ts';
import { parseOnedriveSettings, withOnedriveFlags } from '../../src/profiles/onedrive-settings.ts';
import { daemonStage, sample } from '../support/daemon-trees.ts';
import { hasProgram, isMet } from '../support/need.ts';

// onedrive shows its settings without a login: it is the reference for what a file and a command line come to.

const { place } = daemonStage();

const DEFAULTS: Readonly<Record<string, string>> = {
  sync_dir: '~/OneDrive',
  skip_dir: '',
  skip_file: '~*|.~*|*.tmp',
  skip_dotfiles: 'false',
  skip_dir_strict_match: 'false',
  check_nosync: 'false',
  sync_root_files: 'false',
};

/** What it shows, by key. */
function shown(file: string, words: readonly string[]): Record<string, string> {
  const directory = join(place, 'conf');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config'), file);
  const { stdout } = spawnSync('onedrive', ['--confdir', directory, ...words, '--display-config'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: place },
  });
  const lines = stdout.matchAll(/^Config option '(\w+)'\s*= (.*)$/gm);
  const all = new Map([...lines].map(([, key = '', value = '']) => [key, value]));
  return Object.fromEntries(Object.keys(DEFAULTS).map((key) => [key, all.get(key) ?? 'not shown']));
}

const name = fc.constantFrom('a', 'b c', '*.x', 'd/e', '~f', '.g');
const folder = fc.constantFrom('a', 'b c', '~/x', '/srv/y');
const line = fc.oneof(
  fc.tuple(fc.constantFrom('skip_dir', 'skip_file'), name).map((pair) => pair.join(' = "')),
  folder.map((path) => `sync_dir = "${path}`),
  fc
    .tuple(
      fc.constantFrom('skip_dotfiles', 'skip_dir_strict_match', 'check_nosync', 'sync_root_files'),
      fc.constantFrom('true', 'false'),
    )
    .map((pair) => pair.join('="')),
);
const file = fc
  .array(
    line.map((text) => `${text}"\n`),
    { maxLength: 5 },
  )
  .map((lines) => lines.join('# x\n\n'));
const flag = fc.oneof(
  fc
    .constantFrom('skip-dot-files', 'skip-dir-strict-match', 'check-for-nosync', 'sync-root-files')
    .map((each) => [`--${each}`]),
  fc.tuple(fc.constantFrom('--skip-dir', '--skip-file'), name).map((pair) => [...pair]),
  folder.map((path) => ['--syncdir', path]),
  fc.tuple(fc.constantFrom('--skip-dir', '--skip-file'), name).map((pair) => [pair.join('=')]),
);
const flags = fc.uniqueArray(flag, { maxLength: 3, selector: ([word = '']) => word.split('=')[0] });

describe.runIf(isMet(hasProgram('onedrive'), 'onedrive is the reference for its settings'))(
  'onedrive',
  () => {
    it('shows what 100 files and command lines are taken to say', () => {
      const cases = sample(fc.record({ file, words: flags.map((each) => each.flat()) }), 100);
      const differing = cases.flatMap((each) => {
        const settings = parseOnedriveSettings(each.file);
        if (!settings.ok) throw new Error(`line ${settings.error} of ${each.file}`);
        const said = withOnedriveFlags(settings.value, each.words);
        const taken = Object.fromEntries(
          Object.entries(DEFAULTS).map(([key, value]) => [key, expandHome(said.get(key) ?? value, place)]),
        );
        const actual = shown(each.file, each.words);
        return JSON.stringify(taken) === JSON.stringify(actual) ? [] : [{ ...each, taken, actual }];
      });
      expect(differing).toEqual([]);
    });
  },
);
