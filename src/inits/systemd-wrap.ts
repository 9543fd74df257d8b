// A drop-in that puts the guard in front of the command of a unit that is there already.

import { quoteForShell } from '../formats/name-text.ts';
import { quoteForUnit, quotePathForUnit } from '../formats/systemd-text.ts';
import { FILE_MODE, type Installation, type ServicePlan, stopSeconds } from './plan.ts';
import { NO_RESTART, ownDirectories, systemctl, systemLines, unitDirectory } from './systemd-unit.ts';
import { adaptationsOf } from './wrap-adaptations.ts';
import type { WrappedUnit } from './wrapped-unit.ts';

/** Behind `override.conf`, which `systemctl edit` makes: the last ExecStart= counts. */
export const DROP_IN = 'syncguard.conf';

export function renderSystemdWrap(plan: ServicePlan, wrapped: WrappedUnit): Installation {
  const { unit, scope } = wrapped;
  const content = [
    `# Puts syncguard in front of ${unit}; "syncguard service uninstall --wrap ${unit}" takes it away.`,
    '[Service]',
    '# Without syncguard, or the Node it needs, the original command is started and the log says so.',
    'ExecStart=',
    `ExecStart=${guardedCommand(plan, wrapped)}`,
    `ExecStopPost=-${quoteForUnit(plan.program)} service thaw`,
    NO_RESTART,
    'KillMode=mixed',
    'Delegate=yes',
    'OOMPolicy=continue',
    ...systemLines(scope),
    ...(scope === 'system' ? ownDirectories(plan.name) : []),
    ...adaptationsOf(wrapped, stopSeconds(plan)).flatMap(({ line, reason }) => [`# ${reason}`, line]),
    '',
  ].join('\n');
  const control = systemctl(scope);
  return {
    files: [{ path: `${unitDirectory(plan)}/${unit}.d/${DROP_IN}`, content, mode: FILE_MODE }],
    leftOut: [],
    reload: [`${control} daemon-reload`],
    enable: [`${control} restart ${unit}`],
  };
}

/** A shell with the original command line, as systemd reads it, behind its script: what is in it is not written anew. */
function guardedCommand(plan: ServicePlan, { prefix, command }: WrappedUnit): string {
  const { program, options, nodeDirectory } = plan;
  const path = nodeDirectory === null ? '' : `PATH="$PATH:"${quoteForShell(nodeDirectory)}; `;
  const run = ['exec "$0" run', ...options.map(quoteForShell), '-- "$@"'].join(' ');
  const complaint = 'echo "<4>syncguard: $0 is gone, or node: $1 starts without a guard" >&2';
  const script = `${path}if [ -x "$0" ] && command -v node >/dev/null; then ${run}; fi; ${complaint}; exec "$@"`;
  // ":" leaves $ to us.
  const quoted = prefix.includes(':') ? quotePathForUnit(script) : quoteForUnit(script);
  return `${prefix}/bin/sh -c ${quoted} ${quotePathForUnit(program)} ${command}`;
}
