// What is looked at: one small function a check, from the platform to the settings.

import { constants as access, accessSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { readBrakeCapability } from '../../actuators/brake.ts';
import { SyncguardError } from '../../domain/error.ts';
import { isBeancounterPlatform } from '../../domain/platform.ts';
import type { Gap, Snapshot } from '../../domain/snapshot.ts';
import { wallOf } from '../../domain/wall.ts';
import { gapWords } from '../../estimation/sentence.ts';
import { renderAmount, renderBytes } from '../../formats/quantity-text.ts';
import { readFilesystem } from '../../kernel/filesystem.ts';
import { readKernelConstants } from '../../kernel/kernel-constants-source.ts';
import { loadLibc } from '../../kernel/native.ts';
import { readSnapshot } from '../../kernel/snapshot-source.ts';
import { stateDirectory } from '../../settings/places.ts';
import { type CommonOptions, parsePlatform, settingsOf } from './common-options.ts';
import type { Terminal } from './terminal.ts';

export type CheckStatus = 'ok' | 'warn' | 'fail';

export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly seen: string;
  /** What follows from it; '' when all is well. */
  readonly meaning: string;
  /** What to type; '' when nothing mends it, or nothing needs to. */
  readonly command: string;
}

export function runChecks(options: CommonOptions, terminal: Terminal): Check[] {
  const sysroot = options.sysroot ?? '';
  const platform = parsePlatform(options.platform) ?? undefined;
  const snapshot = readSnapshot({ sysroot, subject: { kind: 'self' }, treePaths: [], platform });
  const onThisMachine =
    sysroot === '' ? [nodeCheck(), nativeCheck(), brakeCheck(), stateCheck(terminal)] : [];
  return [
    platformCheck(snapshot),
    ...wallChecks(snapshot),
    ...snapshot.gaps.flatMap((gap) => gapCheck(gap, snapshot)),
    watchCheck(snapshot),
    constantsCheck(snapshot, sysroot),
    ...onThisMachine,
    settingsCheck(options, terminal),
  ];
}

const good = (name: string, seen: string): Check => ({ name, status: 'ok', seen, meaning: '', command: '' });

function platformCheck({ platform }: Snapshot): Check {
  const { id, evidence, kernelRelease, architecture, container } = platform;
  const inside = container === null ? '' : `, in ${container}`;
  return good('platform', `${id} (${evidence}), kernel ${kernelRelease} ${architecture}${inside}`);
}

/** The walls that memory meets: without one there is nothing to guard. */
function wallChecks({ platform, resources }: Snapshot): Check[] {
  const names = isBeancounterPlatform(platform.id) ? ['dcachesize', 'kmemsize'] : ['memory'];
  const walls = resources.flatMap((row) => {
    const { value, name } = wallOf(row, platform.id);
    return names.includes(row.name) && value !== null
      ? [`${row.name} ${name} ${renderAmount(value, row.unit)} (${row.scope})`]
      : [];
  });
  if (walls.length > 0) return [good('walls', walls.join('; '))];
  return [
    {
      name: 'walls',
      status: 'warn',
      seen: 'no memory wall could be read',
      meaning: 'every start is admitted or unknown: nothing tells when memory ends',
      command: isBeancounterPlatform(platform.id) ? 'sudo syncguard doctor' : '',
    },
  ];
}

const MEND_OF: Readonly<Record<Gap['reason'], string>> = {
  denied: 'sudo syncguard doctor',
  malformed: 'syncguard doctor --debug --json',
  stale: 'syncguard doctor',
  hidden: '',
  absent: '',
};

/** What is not there limits nothing; what is there and cannot be read might. */
function gapCheck(gap: Gap, { platform }: Snapshot): Check[] {
  if (gap.reason === 'absent') return [];
  if (gap.reason === 'hidden') {
    return [
      {
        name: 'hidden',
        status: 'warn',
        seen: gapWords(gap),
        meaning: 'a limit set above this container can be met without being seen from here',
        command: '',
      },
    ];
  }
  const isDeciding = isBeancounterPlatform(platform.id) && gap.source.includes('beancounters');
  return [
    {
      name: 'not read',
      status: isDeciding ? 'fail' : 'warn',
      seen: gapWords(gap),
      meaning: isDeciding
        ? 'the walls of this container are in this file: without it a start is refused'
        : 'its row is missing from every judgement',
      command: MEND_OF[gap.reason],
    },
  ];
}

/** A Calibre library of 6 000 books has about 7 500 directories: below that many watches even an old default is short. */
const SMALL_WATCH_LIMIT = 8192;

function watchCheck({ resources }: Snapshot): Check {
  const row = resources.find(({ name }) => name === 'inotify_watches');
  if (row?.limit == null)
    return {
      name: 'watches',
      status: 'warn',
      seen: 'the inotify limit could not be read',
      meaning: 'watches are projected against nothing',
      command: '',
    };
  const seen = `${renderAmount(row.held, 'items')} of ${renderAmount(row.limit, 'items')} inotify watches held by ${row.scope}`;
  if (Number(row.limit) > SMALL_WATCH_LIMIT) return good('watches', seen);
  return {
    name: 'watches',
    status: 'warn',
    seen,
    meaning: 'a daemon that watches each folder stops noticing changes beyond it',
    command: 'sudo sysctl fs.inotify.max_user_watches=65536 (on the host, not in a container)',
  };
}

function constantsCheck({ platform }: Snapshot, sysroot: string): Check {
  const { constants } = readKernelConstants({ sysroot, platform, cacheDir: null });
  const seen = `object sizes from ${constants.source}, error ${constants.errorPercent}%`;
  if (constants.errorPercent <= 2) return good('constants', seen);
  return {
    name: 'constants',
    status: isBeancounterPlatform(platform.id) ? 'ok' : 'warn',
    seen,
    meaning: 'projections are wider than they need be: /sys/kernel/btf/vmlinux is not readable here',
    command: '',
  };
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
    meaning: 'a tree whose mere looking-at exceeds the memory left is refused instead of started slowly',
    command: 'run as root, or in a systemd unit with Delegate=yes',
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

function settingsCheck(options: CommonOptions, terminal: Terminal): Check {
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
