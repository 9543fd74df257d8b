// How each daemon that needs no arguments of the user's is started: for `run` without COMMAND. Package-free, as the
// resident process reads it.

import { DROPBOX } from './dropbox.ts';

export interface StartCommand {
  readonly profile: string;
  readonly command: readonly [string, ...string[]];
  /** Files to try when PATH does not know it; `~` is the owner's home; patterns are left out. */
  readonly installPaths: readonly string[];
}

const literal = (paths: readonly string[]): string[] => paths.filter((path) => !path.includes('*'));

export const START_COMMANDS: readonly StartCommand[] = [
  { profile: 'dropbox', command: ['dropboxd'], installPaths: literal(DROPBOX.match.installPaths) },
  { profile: 'syncthing', command: ['syncthing', 'serve', '--no-browser'], installPaths: [] },
  { profile: 'maestral', command: ['maestral', 'start', '-f'], installPaths: [] },
  { profile: 'onedrive', command: ['onedrive', '--monitor'], installPaths: [] },
  { profile: 'mega', command: ['mega-cmd-server'], installPaths: [] },
  { profile: 'resilio', command: ['rslsync', '--nodaemon'], installPaths: [] },
];
