// A program section of supervisord.

import { FILE_MODE, type Installation, runWords, type ServicePlan, stopSeconds } from './plan.ts';
import { FINAL_STATUSES, shellWords, titleOf } from './shell-script.ts';

export function renderSupervisord(plan: ServicePlan): Installation {
  const { name } = plan;
  return {
    files: [{ path: `/etc/supervisor/conf.d/${name}.conf`, content: section(plan), mode: FILE_MODE }],
    leftOut: [],
    reload: ['supervisorctl reread'],
    enable: [`supervisorctl add ${name}`],
  };
}

/** Where supervisord looks for programs, behind Node's own directory. */
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function section(plan: ServicePlan): string {
  const { name, user, home, nodeDirectory, restart } = plan;
  const variables = {
    HOME: home,
    USER: user,
    ...(nodeDirectory === null ? {} : { PATH: `${nodeDirectory}:${USUAL_PATH}` }),
  };
  return [
    `; ${titleOf(plan)}`,
    `[program:${name}]`,
    `command=${literal(shellWords(runWords(plan)))}`,
    `user=${user}`,
    `directory=${literal(home)}`,
    `environment=${Object.entries(variables).map(assignment).join(',')}`,
    '; The guard starts its daemon again. Its own end is expected, refused or not, and another start would end alike; only a guard',
    '; that was killed is started again, and thaws then what it has left frozen.',
    `autorestart=${restart === 'never' ? 'false' : 'unexpected'}`,
    `exitcodes=0,${[...FINAL_STATUSES, 125].join(',')}`,
    '; A quick end is no failed start: it would be tried again whatever its status.',
    'startsecs=0',
    'stopsignal=TERM',
    `stopwaitsecs=${stopSeconds(plan)}`,
    'killasgroup=true',
    'redirect_stderr=true',
    `stdout_logfile=/var/log/supervisor/${name}.log`,
    '',
  ].join('\n');
}

/** Of supervisord's own signs: %(name)s is expanded, and " ;" begins a comment even between quotes. */
const literal = (text: string): string => text.replaceAll('%', '%%').replaceAll(' ;', " '\\;'");

const assignment = ([name, value]: readonly [string, string]): string =>
  `${name}="${value.replaceAll('%', '%%').replace(/["\\]/g, '\\$&')}"`;
