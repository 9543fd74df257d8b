// What is looked at: one small function a check, from the platform to the settings.

import { isBeancounterPlatform } from '../../domain/platform.ts';
import type { Gap, Snapshot } from '../../domain/snapshot.ts';
import { wallOf } from '../../domain/wall.ts';
import { gapWords } from '../../estimation/sentence.ts';
import { renderAmount } from '../../formats/quantity-text.ts';
import { readKernelConstants } from '../../kernel/kernel-constants-source.ts';
import { readSnapshot } from '../../kernel/snapshot-source.ts';
import { type CommonOptions, parsePlatform } from './common-options.ts';
import { alertChecks } from './doctor-alerts.ts';
import { type Check, good } from './doctor-check.ts';
import { guardChecks } from './doctor-guard.ts';
import { installationChecks, settingsCheck } from './doctor-installation.ts';
import type { Terminal } from './terminal.ts';

export function runChecks(options: CommonOptions, terminal: Terminal): Check[] {
  const sysroot = options.sysroot ?? '';
  const platform = parsePlatform(options.platform) ?? undefined;
  const snapshot = readSnapshot({ sysroot, subject: { kind: 'self' }, treePaths: [], platform });
  const onThisMachine = sysroot === '' ? [...installationChecks(terminal), ...guardChecks(terminal)] : [];
  return [
    platformCheck(snapshot),
    ...wallChecks(snapshot),
    ...snapshot.gaps.flatMap((gap) => gapCheck(gap, snapshot)),
    watchCheck(snapshot),
    constantsCheck(snapshot, sysroot),
    ...onThisMachine,
    settingsCheck(options, terminal),
    ...(sysroot === '' ? alertChecks(options, terminal) : []),
  ];
}

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
