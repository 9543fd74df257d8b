// What a command line of onedrive (abraunegg) says over its configuration (onedrive --help, 2.4.23).

import { flagValue } from './argv.ts';

export type OnedriveSettings = ReadonlyMap<string, string>;

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
