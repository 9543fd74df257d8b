// A systemd unit of our own, for the system's manager or a user's.

import { quoteForUnit, quotePathForUnit, textForUnit } from '../formats/systemd-text.ts';
import {
  directoryOf,
  FILE_MODE,
  type Installation,
  type LeftOut,
  runWords,
  type ServicePlan,
  stopSeconds,
} from './plan.ts';
import { protectionsOf } from './systemd-protections.ts';

/** 75 refused or stopped at a wall, 126 and 127 no such command: the next try would end alike. */
export const NO_RESTART = 'RestartPreventExitStatus=75 126 127';

export const unitDirectory = ({ scope, home }: Pick<ServicePlan, 'scope' | 'home'>): string =>
  scope === 'user' ? `${home}/.config/systemd/user` : '/etc/systemd/system';

export const systemctl = (scope: ServicePlan['scope']): string =>
  scope === 'user' ? 'systemctl --user' : 'systemctl';

export function renderSystemd(plan: ServicePlan): Installation {
  const unit = `${plan.name}.service`;
  const { lines, leftOut } = protectionsOf(plan);
  const sections = [
    section('Unit', unitLines(plan)),
    section('Service', [
      ...startLines(plan),
      ...endLines(plan),
      ...ownLines(plan),
      '',
      ...lines,
      ...leftOutLines(leftOut),
    ]),
    section('Install', [`WantedBy=${plan.scope === 'user' ? 'default' : 'multi-user'}.target`]),
  ];
  const control = systemctl(plan.scope);
  return {
    files: [{ path: `${unitDirectory(plan)}/${unit}`, content: sections.join('\n'), mode: FILE_MODE }],
    leftOut,
    reload: [`${control} daemon-reload`],
    enable: [`${control} enable --now --no-block ${unit}`],
  };
}

const section = (name: string, lines: readonly string[]): string => `[${name}]\n${lines.join('\n')}\n`;

function unitLines({ scope, home, trees, command }: ServicePlan): string[] {
  const what = textForUnit(command[0] ?? 'the installed sync daemon');
  return [
    `Description=${what}, guarded by syncguard`,
    ...bootLines(scope),
    '# An unmounted tree looks like an emptied one.',
    `RequiresMountsFor=${[home, ...trees].map(quotePathForUnit).join(' ')}`,
    "# systemd's restarts are those of a guard that was killed; the guard holds its daemon after as many.",
    'StartLimitIntervalSec=10min',
    'StartLimitBurst=5',
  ];
}

/** As systemd would have it by default, but for one thing: the target that wants the unit does not wait until it is up. */
const bootLines = (scope: ServicePlan['scope']): string[] => [
  '# A boot does not wait for a daemon that waits for room.',
  'DefaultDependencies=no',
  ...(scope === 'system' ? ['Requires=sysinit.target', 'Wants=network-online.target'] : []),
  `After=basic.target${scope === 'system' ? ' sysinit.target network-online.target' : ''}`,
  'Conflicts=shutdown.target',
  'Before=shutdown.target',
];

/** As long as the keeper bears a silent guard, too (`--lease`); a guard without a way to say that it lives calls it off. */
const WATCHDOG = 'WatchdogSec=90';
const NO_WATCHDOG = '# No WatchdogSec: without koffi nobody tells that the guard lives.';

const READINESS: Readonly<Record<ServicePlan['notifies'], readonly string[]>> = {
  guard: ['Type=notify', 'NotifyAccess=main', WATCHDOG],
  program: [NO_WATCHDOG, 'Type=notify', 'NotifyAccess=all'],
  either: ['Type=notify', 'NotifyAccess=all', WATCHDOG],
  none: ['Type=exec'],
};

/** Where systemd looks for programs (systemd.exec(5)). */
const SYSTEMD_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function startLines(plan: ServicePlan): string[] {
  const { scope, user, nodeDirectory, notifies } = plan;
  const path = nodeDirectory === null ? [] : [`PATH=${nodeDirectory}:${SYSTEMD_PATH}`];
  return [
    ...READINESS[notifies],
    ...(scope === 'system' ? [`User=${user}`, 'WorkingDirectory=-~'] : ['WorkingDirectory=%h']),
    ...path.map((text) => `Environment=${quotePathForUnit(text)}`),
    `ExecStart=${runWords(plan).map(quoteForUnit).join(' ')}`,
    `ExecReload=${quoteForUnit(plan.program)} reload`,
  ];
}

function endLines(plan: ServicePlan): string[] {
  return [
    '# Thaws what a guard left frozen that was killed itself.',
    `ExecStopPost=-${quoteForUnit(plan.program)} service thaw`,
    `Restart=${plan.restart === 'never' ? 'no' : 'on-failure'}`,
    'RestartSec=5',
    NO_RESTART,
    '# TERM is for the guard, which thaws its daemon and ends it.',
    'KillMode=mixed',
    `TimeoutStopSec=${stopSeconds(plan)}`,
  ];
}

const ownLines = ({ scope, name }: ServicePlan): string[] => [
  "# The daemon's own cgroup is made below this one.",
  'Delegate=yes',
  'OOMPolicy=continue',
  ...systemLines(scope),
  ...(scope === 'system' ? ownDirectories(name) : []),
];

/** What a user's manager may not give. */
export const systemLines = (scope: ServicePlan['scope']): string[] =>
  scope === 'user'
    ? []
    : [
        "# The guard's; its daemon has 1000.",
        'OOMScoreAdjust=-900',
        // The default is 8 MiB, the program pages of Node and koffi are about 100.
        '# Its program pages shall stay when memory ends.',
        'LimitMEMLOCK=256M',
      ];

/** One of its own each: systemd gives a directory to one user, and removes it with one unit. */
export const ownDirectories = (name: string): string[] => [
  `StateDirectory=${directoryOf(name)}`,
  `RuntimeDirectory=${directoryOf(name)}`,
  '# So that "syncguard why" can tell after the end.',
  'RuntimeDirectoryPreserve=yes',
];

function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  return reasons.flatMap((reason) => [
    `# Left out, as ${reason}:`,
    ...leftOut.filter((each) => each.reason === reason).map(({ line }) => `#   ${line}`),
  ]);
}
