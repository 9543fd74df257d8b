// The names that completion scripts ask for while somebody types: what is configured and what runs may change at any time.

import { SyncguardError } from '../../domain/error.ts';
import { allProfiles, PROFILES } from '../../profiles/index.ts';
import { settingsOf } from './common-options.ts';
import { nameOf, readGuards } from './guard-place.ts';
import type { NameKind } from './shell-commands.ts';
import type { Terminal } from './terminal.ts';

const NAMES_OF: Readonly<Record<NameKind, (terminal: Terminal) => readonly string[]>> = {
  daemons: daemonNames,
  guards: (terminal) =>
    readGuards(terminal)
      .filter(({ isAlive }) => isAlive)
      .map(nameOf),
};

/** One a line, each once; none that a shell would take apart. */
export const renderNames = (kind: NameKind, terminal: Terminal): string =>
  [...new Set(NAMES_OF[kind](terminal))]
    .filter((name) => /^[\w.@+-]+$/.test(name))
    .map((name) => `${name}\n`)
    .join('');

/** Where the configuration is broken, those that need none: a TAB is no place for a message. */
function daemonNames(terminal: Terminal): string[] {
  try {
    return allProfiles(settingsOf({}, terminal).profiles).map(({ id }) => id);
  } catch (error) {
    if (error instanceof SyncguardError) return PROFILES.map(({ id }) => id);
    throw error;
  }
}
