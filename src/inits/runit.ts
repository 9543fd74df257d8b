// A service directory of runit, with its log.

import { type Installation, SCRIPT_MODE, type ServicePlan } from './plan.ts';
import { renderFinish, renderRun } from './shell-script.ts';

const CHPST = { becomes: ['chpst', '-u'] };

export function renderRunit(plan: ServicePlan): Installation {
  const directory = `/etc/sv/${plan.name}`;
  const link = `/etc/service/${plan.name}`;
  const log = ['#!/bin/sh', `mkdir -p /var/log/${plan.name}`, `exec svlogd -tt /var/log/${plan.name}`, ''];
  return {
    files: [
      { path: `${directory}/run`, content: renderRun(plan, CHPST), mode: SCRIPT_MODE },
      // runsv would start it again after any end.
      {
        path: `${directory}/finish`,
        content: renderFinish(plan, CHPST, 'exec sv down "$PWD"'),
        mode: SCRIPT_MODE,
      },
      { path: `${directory}/log/run`, content: log.join('\n'), mode: SCRIPT_MODE },
    ],
    leftOut: [],
    reload: [],
    enable: [`ln -s ${directory} ${link}`],
  };
}
