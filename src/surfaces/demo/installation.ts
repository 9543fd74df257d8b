// Installs the stand-in as Dropbox installs itself: a launcher, and the version it starts in a directory beside it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteForShell } from '../../formats/name-text.ts';
import { announceVersion } from './stand-in/successor.ts';

export interface StandInPlace {
  /** As `~/.dropbox-dist`; made where it is missing. */
  readonly distribution: string;
  /** The built stand-in. */
  readonly program: string;
  /** The Node that runs it. */
  readonly node: string;
  /** Switches it is always started with, before those that are typed. */
  readonly words?: readonly string[];
}

const FIRST_VERSION = 'dropbox-lnx.x86_64-1.4.0';

const LAUNCHER = `#!/bin/sh
# Starts the version that was unpacked last.
here=$(dirname "$(readlink -f "$0")")
exec "$here/dropbox-lnx.x86_64-$(cat "$here/VERSION")/dropboxd" "$@"
`;

/** Returns the launcher's path. */
export function installStandIn({ distribution, program, node, words = [] }: StandInPlace): string {
  const version = join(distribution, FIRST_VERSION);
  mkdirSync(version, { recursive: true });
  announceVersion(distribution, FIRST_VERSION);
  const command = [node, program, ...words].map(quoteForShell).join(' ');
  writeFileSync(
    join(version, 'dropboxd'),
    `#!/bin/sh\nexec ${command} "$@" --version-directory "$(dirname "$(readlink -f "$0")")"\n`,
    { mode: 0o755 },
  );
  const launcher = join(distribution, 'dropboxd');
  writeFileSync(launcher, LAUNCHER, { mode: 0o755 });
  return launcher;
}
