// The commands that judge what is there, and those behind their judgement: estimate, limits, doctor, profiles.

import {
  type Choose,
  type Command,
  collect,
  common,
  InvalidArgumentError,
  Option,
  optionsOf,
} from './command-tree.ts';

/** What estimate and fit are asked alike. */
const judging = (command: Command): Command =>
  command
    .argument('[tree...]', 'folders; none: the roots of the installed daemon')
    .option('--daemon <name>', 'whose habits to assume; syncguard profiles lists them')
    .option('--for <whose>', 'whose walls: unit:NAME, pid:N, cgroup:PATH or user:NAME')
    .option('--exclude <glob>', 'leave out; may be repeated', collect, [])
    .option('--no-ignores', "do not apply the daemon's own ignore rules")
    .option('--keep <glob>', 'a folder that no plan leaves out, as in Photos/; may be repeated', collect, [])
    .option('--expect <counts>', 'judge counts instead of a tree: files=N,directories=N')
    .option('--barrier <resource=value>', 'what if this wall stood there; may be repeated', collect, [])
    .option('--require <resource=value>', 'a need besides the tree; may be repeated', collect, [])
    .option('-f, --beancounters <file>', 'a saved /proc/user_beancounters; - is standard input')
    .option('--top <n>', 'how many of the costliest folders to name', '5')
    .option('--full', "count to the end, whatever the count's own budget says");

export function addEstimate(program: Command, choose: Choose): void {
  const estimate = program
    .command('estimate')
    .description(
      'dry run: count the tree without touching its files, project every wall, say whether it fits',
    );
  judging(estimate)
    .option('--strict', 'exit 65 when parts of the tree could not be read')
    .option('--gate', 'stop counting as soon as it cannot fit, as run does')
    .option('--timing', 'print where the time went, on stderr');
  common(estimate).action((trees: string[], _, command: Command) =>
    choose(async (terminal) =>
      (await import('./estimate-command.ts')).runEstimate(trees, optionsOf(command), terminal),
    ),
  );
}

export function addFit(program: Command, choose: Choose): void {
  const fit = program
    .command('fit')
    .description(
      'get a tree under the wall: what to leave out, with which effect; --apply does it, --undo takes it back',
    );
  judging(fit)
    .addOption(
      new Option(
        '--mode <mode>',
        'what is tried first: leave folders out, or keep all in step but watch it no longer',
      )
        .choices(['leave-out', 'degrade'])
        .default('leave-out'),
    )
    .option('--apply', 'change the configuration of the daemon, where that deletes nothing')
    .option(
      '--allow-local-delete',
      'with --apply: also where it deletes local copies of what is completely synced',
    )
    .option('--undo', 'restore what the last --apply changed')
    .option('--force', 'with --undo: also where somebody else has changed it since');
  common(fit).action((trees: string[], _, command: Command) =>
    choose(async (terminal) =>
      (await import('./fit-command.ts')).runFit(trees, optionsOf(command), terminal),
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
    .description('what syncguard can see and do here, and the command that mends what it cannot')
    .option(
      '--bundle <file>',
      'also write what was read, without names, as a tar that --sysroot reads unpacked',
    );
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

export function addLearn(program: Command, choose: Choose): void {
  const learn = program
    .command('learn')
    .description('run a daemon under measurement and write what it does as a profile of the configuration')
    .argument('<command...>', 'the daemon; {tree} in a word stands for the tree of the run')
    .option('--daemon <name>', 'the profile to start from; without it the one that knows COMMAND')
    .option('--tree <dir>', 'the folder it syncs; again for a run on another size', collect, [])
    .option('--name <name>', 'write it as a profile of this name')
    .option('-o, --output <file>', 'write it there instead of on standard output')
    .option('--force', 'with -o: also where the file exists')
    .option(
      '--for <duration>',
      'measure this long; settled: until it changes nothing for 4s, 10min at most',
      'settled',
    )
    .passThroughOptions();
  common(learn).action((words: string[], _, command: Command) =>
    choose(async (terminal) =>
      (await import('./learn-command.ts')).runLearn(words, optionsOf(command), terminal),
    ),
  );
}
