// The commands that judge what is there, and those behind their judgement: estimate, limits, doctor, profiles.

import {
  type Choose,
  type Command,
  collect,
  common,
  InvalidArgumentError,
  optionsOf,
} from './command-tree.ts';

export function addEstimate(program: Command, choose: Choose): void {
  const estimate = program
    .command('estimate')
    .description(
      'dry run: count the tree without touching its files, project every wall, say whether it fits',
    )
    .argument('[tree...]', 'folders; none: the roots of the installed daemon')
    .option('--daemon <name>', 'whose habits to assume; syncguard profiles lists them')
    .option('--for <whose>', 'whose walls: unit:NAME, pid:N, cgroup:PATH or user:NAME')
    .option('--exclude <glob>', 'leave out; may be repeated', collect, [])
    .option('--no-ignores', "do not apply the daemon's own ignore rules")
    .option('--expect <counts>', 'judge counts instead of a tree: files=N,directories=N')
    .option('--barrier <resource=value>', 'what if this wall stood there; may be repeated', collect, [])
    .option('--require <resource=value>', 'a need besides the tree; may be repeated', collect, [])
    .option('-f, --beancounters <file>', 'a saved /proc/user_beancounters; - is standard input')
    .option('--top <n>', 'how many of the costliest folders to name', '5')
    .option('--full', "count to the end, whatever the count's own budget says")
    .option('--strict', 'exit 65 when parts of the tree could not be read')
    .option('--gate', 'stop counting as soon as it cannot fit, as run does')
    .option('--timing', 'print where the time went, on stderr');
  common(estimate).action((trees: string[], _, command: Command) =>
    choose(async (terminal) =>
      (await import('./estimate-command.ts')).runEstimate(trees, optionsOf(command), terminal),
    ),
  );
}

const parseWatch = (text: string): string => {
  if (/^\d/.test(text)) return text;
  throw new InvalidArgumentError('write it as in --watch 2s.');
};

export function addLimits(program: Command, choose: Choose): void {
  const limits = program
    .command('limits')
    .description('every counted resource with its held, barrier, limit and failures')
    .argument('[resource...]', 'only these rows')
    .option('--for <whose>', 'whose walls: unit:NAME, pid:N, cgroup:PATH or user:NAME')
    .option('--host', 'every container and cgroup of this host, least headroom first')
    .option('--watch [interval]', 'again and again until interrupted', parseWatch)
    .option('-f, --beancounters <file>', 'a saved /proc/user_beancounters; - is standard input');
  common(limits).action((resources: string[], _, command: Command) =>
    choose(async (terminal) =>
      (await import('./limits-command.ts')).runLimits(resources, optionsOf(command), terminal),
    ),
  );
}

export function addDoctor(program: Command, choose: Choose): void {
  const doctor = program
    .command('doctor')
    .description('what syncguard can see and do here, and the command that mends what it cannot');
  common(doctor).action((_, command: Command) =>
    choose(async (terminal) => (await import('./doctor-command.ts')).runDoctor(optionsOf(command), terminal)),
  );
}

export function addProfiles(program: Command, choose: Choose): void {
  const profiles = program
    .command('profiles')
    .description('the daemons that are known; with a name, the evidence behind each number of one')
    .argument('[name]', 'a profile: dropbox, syncthing, nextcloud, ...')
    .option('--schema', 'the JSON Schema of a profile, and nothing else');
  common(profiles).action((name: string | undefined, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./profiles-command.ts')).runProfiles(name, optionsOf(command), terminal),
    ),
  );
}
