// A script of OpenRC. start-stop-daemon starts the guard once; supervise-daemon would start it again after any end, also a 75.

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

/** OpenRC evaluates command_args: what is quoted in it reaches the program as one word. */
function script(plan: ServicePlan): string {
  const { program, user, home, name } = plan;
  const [, ...words] = runWords(plan);
  const owner = quoteForShell(user);
  const log = quoteForShell(`/var/log/${name}.log`);
  return [
    '#!/sbin/openrc-run',
    `description=${quoteForShell(titleOf(plan))}`,
    `command=${quoteForShell(program)}`,
    `command_args=${quoteForShell(shellWords(words))}`,
    `command_user=${owner}`,
    'command_background=yes',
    'pidfile="/run/$RC_SVCNAME.pid"',
    `directory=${quoteForShell(home)}`,
    `output_log=${log}`,
    `error_log=${log}`,
    `retry=TERM/${stopSeconds(plan)}/KILL/5`,
    'extra_started_commands=reload',
    ...environmentLines(plan),
    '',
    'depend() {',
    '  after localmount netmount',
    '  use net',
    '}',
    '',
    'start_pre() {',
    `  checkpath --file --owner ${owner} --mode 0640 ${log}`,
    '}',
    '',
    'reload() {',
    `  ${asUser(plan, 'reload')}`,
    '}',
    '',
    '# Thaws what a guard left frozen that was killed itself.',
    'stop_post() {',
    `  ${asUser(plan, 'service thaw')}`,
    '}',
    '',
  ].join('\n');
}

function asUser({ program, user }: ServicePlan, command: string): string {
  const line = `${quoteForShell(program)} ${command}`;
  return user === 'root' ? line : `su -s /bin/sh ${quoteForShell(user)} -c ${quoteForShell(line)}`;
}
