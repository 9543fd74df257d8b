// The doctor's look at this installation: Node, koffi, the brake, the state directory, the settings.

import { constants as access, accessSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readBrakeCapability, readBrakeObstacle } from '../../actuators/brake.ts';
import { SyncguardError } from '../../domain/error.ts';
import { renderBytes } from '../../formats/quantity-text.ts';
import { readContainerName } from '../../kernel/container-name.ts';
import { readFilesystem } from '../../kernel/filesystem.ts';
import { loadLibc } from '../../kernel/native.ts';
import { PROFILES, readRoots } from '../../profiles/index.ts';
import { findPrograms } from '../../profiles/installed.ts';
import { stateDirectory } from '../../settings/places.ts';
import { type CommonOptions, settingsOf } from './common-options.ts';
import { mendDelegation } from './delegation-mend.ts';
import { type Check, good } from './doctor-check.ts';
import type { Terminal } from './terminal.ts';

/** What holds on the running machine alone. */
export const installationChecks = (terminal: Terminal): Check[] => [
  daemonsCheck(terminal),
  nodeCheck(),
  nativeCheck(),
  brakeCheck(),
  stateCheck(terminal),
];

/** Which daemons are here, and whose trees their configuration names. */
function daemonsCheck({ environment, home }: Terminal): Check {
  const path = environment['PATH'] ?? '';
  const found = PROFILES.flatMap((profile) => {
    const [program] = findPrograms(profile, { path, home });
    if (program === undefined || profile.match.subcommands !== undefined) return [];
    const roots = readRoots(profile, { home, env: environment, argv: [] });
    const trees = roots.ok ? roots.value.roots.map((root) => root.path) : [];
    return [`${profile.id} at ${program}${trees.length > 0 ? `, syncing ${trees.join(', ')}` : ''}`];
  });
  return good('daemons', found.length > 0 ? found.join('; ') : 'none of those known is installed');
}

const END_OF_LIFE_MAJOR = 20;

function nodeCheck(): Check {
  const major = Number(process.versions.node.split('.')[0]);
  const seen = `Node ${process.version} (${process.execPath})`;
  if (major > END_OF_LIFE_MAJOR) return good('node', seen);
  return {
    name: 'node',
    status: 'ok',
    seen,
    meaning: 'this line has had no security fixes since April 2026, but for those of your distribution',
    command: '',
  };
}

function nativeCheck(): Check {
  const libc = loadLibc();
  if (libc.ok) return good('native', 'koffi: large trees are counted by getdents64');
  return {
    name: 'native',
    status: 'warn',
    seen: `koffi is ${libc.error.reason}: ${libc.error.detail.split('\n')[0]}`,
    meaning: 'large trees are counted through Node alone, up to twice as slow; nothing else is lost',
    command: 'npm install -g --include=optional syncguard',
  };
}

function brakeCheck(): Check {
  const brake = readBrakeCapability('');
  if (brake.kind !== 'none') return good('brake', `${brake.kind}: ${brake.reason}`);
  return {
    name: 'brake',
    status: 'warn',
    seen: `none: ${brake.reason}`,
    meaning:
      "the daemon gets no cgroup and no wall of its own: it fills the guard's, and is stopped process by process; a tree whose mere " +
      'looking-at exceeds the memory left is refused instead of started slowly',
    command: mendDelegation({ obstacle: readBrakeObstacle(''), container: readContainerName('') }),
  };
}

function stateCheck({ environment, home }: Terminal): Check {
  const directory = stateDirectory({ environment, home, isRoot: process.getuid?.() === 0 });
  const existing = nearestExisting(directory);
  if (!isWritable(existing))
    return {
      name: 'state',
      status: 'warn',
      seen: `${directory} cannot be written`,
      meaning: 'a root that empties or changes its disk between starts is not noticed',
      command: `sudo install -d -o "$USER" ${directory}`,
    };
  const filesystem = readFilesystem(existing, '');
  const isEphemeral =
    filesystem.ok && (filesystem.value.kind === 'tmpfs' || filesystem.value.kind === 'overlay');
  if (!isEphemeral)
    return good(
      'state',
      `${directory} on ${filesystem.ok ? filesystem.value.type : 'an unknown filesystem'}`,
    );
  return {
    name: 'state',
    status: 'warn',
    seen: `${directory} lies on ${filesystem.value.type}`,
    meaning: 'what is remembered between starts is gone with the container',
    command: 'mount a volume there, or set XDG_STATE_HOME to one',
  };
}

const nearestExisting = (path: string): string =>
  path === '/' || existsSync(path) ? path : nearestExisting(dirname(path));

function isWritable(path: string): boolean {
  try {
    accessSync(path, access.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function settingsCheck(options: CommonOptions, terminal: Terminal): Check {
  try {
    const { stopAt, throttleAt } = settingsOf(options, terminal);
    return good(
      'settings',
      `throttle at ${percent(throttleAt)}, stop at ${percent(stopAt)} of a wall; at least ${renderBytes(16 * 1024 * 1024)} of memory stays free`,
    );
  } catch (error) {
    if (!(error instanceof SyncguardError)) throw error;
    return {
      name: 'settings',
      status: 'fail',
      seen: error.message,
      meaning: 'no start is judged with a configuration that says something else than meant',
      command: error.hint,
    };
  }
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
