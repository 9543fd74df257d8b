// A service directory of s6, which s6-rc takes as a source as well (`type`).

import { FILE_MODE, type Installation, SCRIPT_MODE, type ServicePlan, stopSeconds } from './plan.ts';
import { renderFinish, renderRun } from './shell-script.ts';

const SETUIDGID = { becomes: ['s6-setuidgid'] };

/** Node starts in it, perhaps in a container that has just been full; s6 gives a finish 5 s. */
const FINISH_MS = 30_000;

export function renderS6(plan: ServicePlan): Installation {
  const directory = `/etc/s6/sv/${plan.name}`;
  const file = (name: string, content: string, mode: number) => ({
    path: `${directory}/${name}`,
    content,
    mode,
  });
  return {
    files: [
      file('type', 'longrun\n', FILE_MODE),
      file('run', renderRun(plan, SETUIDGID), SCRIPT_MODE),
      // To s6 125 is a failure for good.
      file('finish', renderFinish(plan, SETUIDGID, 'exit 125'), SCRIPT_MODE),
      file('timeout-kill', `${stopSeconds(plan) * 1_000}\n`, FILE_MODE),
      file('timeout-finish', `${FINISH_MS}\n`, FILE_MODE),
    ],
    leftOut: [],
    reload: [],
    enable: [`ln -s ${directory} /run/service/${plan.name}`, 's6-svscanctl -a /run/service'],
  };
}
