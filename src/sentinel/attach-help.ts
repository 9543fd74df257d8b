// What people are told of `attach`: its own two options, and of those of `run` the ones it takes.

import { ATTACH_OPTIONS } from './attach-options.ts';
import { OPTION_HELP, type OptionHelp, renderOption } from './help.ts';

export const ATTACH_OPTION_HELP: readonly OptionHelp[] = [
  {
    name: '--pid',
    value: 'N',
    doc: 'its main process; children, and who is in sessions they lead, belong to it',
  },
  { name: '--unit', value: 'UNIT', doc: 'everybody in the cgroup of a running systemd unit' },
  ...OPTION_HELP.filter(({ name }) => ATTACH_OPTIONS.includes(name)),
];

export const ATTACH_COMMAND_HELP = `Guards a daemon that runs already, with all its processes, as run would: slowed, paused and
stopped near a wall, by the same bands. It is not started, refused or restarted. TERM, INT
and HUP detach: the daemon runs on, thawed and back in the cgroup it came from.`;

export const renderAttachHelp = (): string => `Usage: syncguard attach [OPTION...] --pid N | --unit NAME
${ATTACH_COMMAND_HELP}

${ATTACH_OPTION_HELP.map(renderOption).join('\n')}

What is not given is taken from the configuration: syncguard config show.

Exit status: 0 detached, or the daemon has ended; 75 stopped at a wall; 64 cannot be guarded,
66 no such process or unit, 77 not permitted, 125 syncguard failed.
`;
