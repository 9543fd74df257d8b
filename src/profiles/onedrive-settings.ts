// The settings of onedrive (abraunegg): its configuration, and what a command line says over it (as 2.4.23 displays them).

import { failure, type Result, success } from '../domain/result.ts';
import { flagValue } from './argv.ts';

export type OnedriveSettings = ReadonlyMap<string, string>;

/** Lines of `key = "value"`, the last of a key wins but where they add up; anything else but comments ends onedrive at its start. The error is the line. */
export function parseOnedriveSettings(text: string): Result<OnedriveSettings, number> {
  const settings = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    const [, key, value] = /^\s*(\w+)\s*=\s*"(.*)"\s*$/.exec(line) ?? [];
    if (key !== undefined) settings.set(key, joined(key, settings.get(key), value ?? ''));
    else if (!/^\s*([#;]|$)/.test(line)) return failure(index + 1);
  }
  return success(settings);
}

const joined = (key: string, before: string | undefined, value: string): string =>
  before !== undefined && /^skip_(?:dir|file)$/.test(key) ? `${before}|${value}` : value;

const VALUED: Readonly<Record<string, string>> = {
  syncdir: 'sync_dir',
  'skip-dir': 'skip_dir',
  'skip-file': 'skip_file',
};

const SWITCHES: Readonly<Record<string, string>> = {
  'skip-dot-files': 'skip_dotfiles',
  'skip-dir-strict-match': 'skip_dir_strict_match',
  'check-for-nosync': 'check_nosync',
  'sync-root-files': 'sync_root_files',
};

/** Other than lines of the file, a flag takes the place of what was said before. */
export function withOnedriveFlags(settings: OnedriveSettings, argv: readonly string[]): OnedriveSettings {
  const said = new Map(settings);
  for (const [flag, key] of Object.entries(VALUED)) {
    const value = flagValue(argv, [flag]);
    if (value !== undefined) said.set(key, value);
  }
  for (const [flag, key] of Object.entries(SWITCHES)) if (argv.includes(`--${flag}`)) said.set(key, 'true');
  if (!argv.includes('--force-sync')) return said;
  // Its own words: "ignore all non-default skip_dir and skip_file rules".
  for (const key of ['skip_dir', 'skip_file']) said.delete(key);
  return said;
}
