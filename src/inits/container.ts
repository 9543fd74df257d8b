// The lines of a Dockerfile that make the guard the first process of a container.

import { FILE_MODE, type Installation, type ServicePlan, stopSeconds } from './plan.ts';
import { titleOf } from './shell-script.ts';

export function renderContainer(plan: ServicePlan): Installation {
  const { options, command } = plan;
  const lines = [
    `# ${titleOf(plan)}: behind the line that installs syncguard and its Node.`,
    '# As process 1 it passes signals on and takes in orphans; no init besides is needed.',
    `ENTRYPOINT ${words(['syncguard', 'run', ...options, '--'])}`,
    ...(command.length === 0 ? [] : [`CMD ${words(command)}`]),
    'STOPSIGNAL SIGTERM',
    `# docker run --stop-timeout ${stopSeconds(plan)} ...`,
    '# The guard waits at its gate and starts its daemon again: no restart policy is needed, and on-failure would also start',
    '# again what ended with 75.',
    '',
  ];
  return {
    files: [{ path: '/Dockerfile', content: lines.join('\n'), mode: FILE_MODE }],
    leftOut: [],
    reload: [],
    enable: [],
  };
}

const words = (list: readonly string[]): string => `[${list.map((word) => JSON.stringify(word)).join(', ')}]`;
