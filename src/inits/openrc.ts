// A script of OpenRC. start-stop-daemon starts the guard once; supervise-daemon would start it again after any end, also a 75.
// Debian's OpenRC has dpkg's start-stop-daemon, which knows no --stdout and takes a pid only when its program is --exec's: a
// shell writes the log and becomes the guard, and the stop is our own.

import { quoteForShell } from '../formats/name-text.ts';
import { type Installation, runWords, SCRIPT_MODE, type ServicePlan, stopSeconds } from './plan.ts';
import { environmentLines, shellWords, titleOf } from './shell-script.ts';

export function renderOpenrc(plan: ServicePlan): Installation {
  const { name } = plan;
  return {
    files: [{ path: `/etc/init.d/${name}`, content: script(plan), mode: SCRIPT_MODE }],
    leftOut: [],
    reload: [],
    enable: [`rc-update add ${name} default`, `rc-service ${name} start`],
  };
}

const logOf = ({ name }: ServicePlan): string => `/var/log/${name}.log`;

const script = (plan: ServicePlan): string =>
  [
    '#!/sbin/openrc-run',
    `description=${quoteForShell(titleOf(plan))}`,
    ...settings(plan),
    ...environmentLines(plan),
    ...block('depend', ['after localmount netmount', 'use net']),
    ...block('start_pre', [
      `checkpath --file --owner ${quoteForShell(plan.user)} --mode 0640 ${quoteForShell(logOf(plan))}`,
    ]),
    ...block('stop', [
      'ebegin "Stopping $RC_SVCNAME"',
      `start-stop-daemon --stop --retry TERM/${stopSeconds(plan)}/KILL/5 --pidfile "$pidfile"`,
      'eend $?',
    ]),
    ...block('reload', [asUser(plan, 'reload')]),
    '',
    '# Thaws what a guard left frozen that was killed itself.',
    ...block('stop_post', ['rm -f "$pidfile"', asUser(plan, 'service thaw')]).slice(1),
    '',
  ].join('\n');

/** OpenRC evaluates command_args: what is quoted in it reaches the program as one word. */
function settings(plan: ServicePlan): string[] {
  const guard = ['-c', 'exec "$@" >>"$0" 2>&1', logOf(plan), ...runWords(plan)];
  return [
    'command=/bin/sh',
    `command_args=${quoteForShell(shellWords(guard))}`,
    `command_user=${quoteForShell(plan.user)}`,
    'command_background=yes',
    'pidfile="/run/$RC_SVCNAME.pid"',
    `directory=${quoteForShell(quoteForShell(plan.home))}`,
    'extra_started_commands=reload',
  ];
}

const block = (name: string, lines: readonly string[]): string[] => [
  '',
  `${name}() {`,
  ...lines.map((line) => `  ${line}`),
  '}',
];

function asUser({ program, user }: ServicePlan, command: string): string {
  const line = `${quoteForShell(program)} ${command}`;
  return user === 'root' ? line : `su -s /bin/sh ${quoteForShell(user)} -c ${quoteForShell(line)}`;
}
