// The command tree, and the only file that knows commander: options become plain objects here, errors become ours.

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { SyncguardError } from '../../domain/error.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { reportError } from './exit-code.ts';
import type { OrderName } from './order-command.ts';
import { COLOR_CHOICES, type Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

type Run = (terminal: Terminal) => Promise<number>;

/** Parses, runs one command, and answers with the exit status; it never exits the process itself. */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<number> {
  let chosen: Run | null = null;
  const choose = (run: Run): void => {
    chosen = run;
  };
  const program = buildProgram(choose, terminal, argv[0]);
  const isDebugging = argv.includes('--debug');
  try {
    await program.parseAsync(argv, { from: 'user' });
    return chosen === null ? 0 : await (chosen as Run)(terminal);
  } catch (error) {
    if (error instanceof CommanderError) return reportUsage(error, argv, terminal);
    return reportError(error, terminal, isDebugging);
  }
}

/** Help and version are answers, not errors. */
function reportUsage(error: CommanderError, argv: readonly string[], terminal: Terminal): number {
  if (error.exitCode === 0) return 0;
  const [command] = argv.filter((word) => !word.startsWith('-'));
  const whose = command !== undefined && COMMANDS.includes(command) ? ` ${command}` : '';
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const sentence = message.endsWith('.') || message.endsWith(')') ? message : `${message}.`;
  return reportError(
    new SyncguardError('usage', sentence, `syncguard${whose} --help lists what it takes`),
    terminal,
    false,
  );
}

const COMMANDS = [
  'estimate',
  'limits',
  'doctor',
  'status',
  'why',
  'pause',
  'resume',
  'stop',
  'restart',
  'reload',
  'replay',
  'demo',
  'run',
];

function unknownCommand(word: string): SyncguardError {
  const near = nearestWord(word, COMMANDS);
  const hint = near === null ? 'syncguard --help lists them' : `did you mean syncguard ${near}?`;
  return new SyncguardError('usage', `There is no command ${word}; known are ${COMMANDS.join(', ')}.`, hint);
}

/** A common option may stand before the command or after it; what was typed wins over a default, and the later over the earlier. */
function optionsOf<T>(command: Command): T {
  const typedBefore = Object.entries(command.parent?.opts() ?? {}).filter(
    ([name]) =>
      command.parent?.getOptionValueSource(name) === 'cli' && command.getOptionValueSource(name) !== 'cli',
  );
  return { ...command.opts(), ...Object.fromEntries(typedBefore) } as T;
}

const collect = (word: string, words: readonly string[]): string[] => [...words, word];

function common(command: Command): Command {
  return command
    .option('--json', 'one JSON object on stdout')
    .option('--config <file>', 'this configuration file instead of the usual places')
    .option('--sysroot <dir>', 'read proc/ and sys/ below DIR: a recorded machine')
    .option('--platform <id>', 'judge by the rules of this platform instead of the detected one')
    .option('-q, --quiet', 'nothing but the exit status and errors')
    .option('-v, --verbose', 'every row, also those without a wall')
    .addOption(new Option('--color <when>', 'colour the output').choices(COLOR_CHOICES).default('auto'))
    .option('--debug', 'show the stack of an error');
}

/** `first` is the first word on the command line. */
function buildProgram(choose: (run: Run) => void, terminal: Terminal, first: string | undefined): Command {
  const program = new Command('syncguard')
    .description('Protects a memory-capped Linux container or VPS from its own file-sync daemon.')
    .version(VERSION, '-V, --version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: terminal.print,
      writeErr: () => {},
      getOutHelpWidth: () => terminal.columns,
    })
    .showSuggestionAfterError();
  // Common options may also stand before the command, as everywhere.
  common(program);
  addEstimate(program, choose);
  // The options of every other command take 4 ms of each start: not where somebody waits for a count.
  if (first !== 'estimate') addOthers(program, choose);
  program.allowExcessArguments().action(() => {
    const [word] = program.args;
    if (word !== undefined) throw unknownCommand(word);
    program.outputHelp();
  });
  return program;
}

function addOthers(program: Command, choose: (run: Run) => void): void {
  addLimits(program, choose);
  addDoctor(program, choose);
  addStatus(program, choose);
  addWhy(program, choose);
  addOrders(program, choose);
  addReplay(program, choose);
  addDemo(program, choose);
  addRun(program);
}

function addEstimate(program: Command, choose: (run: Run) => void): void {
  const estimate = program
    .command('estimate')
    .description(
      'dry run: count the tree without touching its files, project every wall, say whether it fits',
    )
    .argument('[tree...]', 'folders; none: the roots of the installed daemon')
    .option('--daemon <name>', 'whose habits to assume (dropbox, syncthing, lsyncd, rclone, generic, ...)')
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

function addLimits(program: Command, choose: (run: Run) => void): void {
  const limits = program
    .command('limits')
    .description('every counted resource with its held, barrier, limit and failures')
    .argument('[resource...]', 'only these rows')
    .option('--for <whose>', 'whose walls: unit:NAME, pid:N, cgroup:PATH or user:NAME')
    .option('--host', 'every container of this beancounter host')
    .option('--watch [interval]', 'again and again until interrupted', parseWatch)
    .option('-f, --beancounters <file>', 'a saved /proc/user_beancounters; - is standard input');
  common(limits).action((resources: string[], _, command: Command) =>
    choose(async (terminal) =>
      (await import('./limits-command.ts')).runLimits(resources, optionsOf(command), terminal),
    ),
  );
}

function addDoctor(program: Command, choose: (run: Run) => void): void {
  const doctor = program
    .command('doctor')
    .description('what syncguard can see and do here, and the command that mends what it cannot');
  common(doctor).action((_, command: Command) =>
    choose(async (terminal) => (await import('./doctor-command.ts')).runDoctor(optionsOf(command), terminal)),
  );
}

const GUARD_ARGUMENT = '[guard]';
const GUARD_HELP = "the daemon's name, its profile, its pid or its guard's; none: the only one";

function addStatus(program: Command, choose: (run: Run) => void): void {
  const status = program
    .command('status')
    .description('what every running guard sees and does; exit 0 running or paused, 3 not running, 4 unknown')
    .argument(GUARD_ARGUMENT, GUARD_HELP);
  common(status).action((guard: string | undefined, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./status-command.ts')).runStatus(guard, optionsOf(command), terminal),
    ),
  );
}

function addWhy(program: Command, choose: (run: Run) => void): void {
  const why = program
    .command('why')
    .description("a guard's last decisions: inputs, rule, act, and what would change them")
    .argument(GUARD_ARGUMENT, GUARD_HELP)
    .option('--last <n>', 'how many', '10');
  common(why).action((guard: string | undefined, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./why-command.ts')).runWhy(guard, optionsOf(command), terminal),
    ),
  );
}

function addOrders(program: Command, choose: (run: Run) => void): void {
  const add = (name: OrderName, description: string): Command => {
    const order = program.command(name).description(description).argument(GUARD_ARGUMENT, GUARD_HELP);
    return common(order).action((guard: string | undefined, _, command: Command) =>
      choose(async (terminal) =>
        (await import('./order-command.ts')).runOrder(name, guard, optionsOf(command), terminal),
      ),
    );
  };
  add('pause', 'freeze the daemon').option(
    '--for <duration>',
    'and let it go on after that, as in --for 10min',
  );
  add('resume', 'let a paused daemon go on');
  add('stop', 'end the daemon and its guard');
  add('restart', 'end the daemon and start it again, through the gate').option(
    '--clear-hold',
    'also end a hold after too many starts or a stop at a wall',
  );
  add('reload', 'read the configuration again');
}

function addReplay(program: Command, choose: (run: Run) => void): void {
  const replay = program
    .command('replay')
    .description('a recorded course of walls through the policy of today; nothing is done')
    .argument('<file>', "a table of readings, or a guard's ring; - is standard input");
  common(replay).action((file: string, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./replay-command.ts')).runReplay(file, optionsOf(command), terminal),
    ),
  );
}

function addDemo(program: Command, choose: (run: Run) => void): void {
  const demo = program
    .command('demo')
    .description('the container of May 2012 played again, on a stand-in daemon and an emulated wall')
    .option('--keep', 'leave its temporary directory in place');
  common(demo).action((_, command: Command) =>
    choose(async (terminal) => (await import('./demo-command.ts')).runDemo(optionsOf(command), terminal)),
  );
}

/** The launcher hands `run` to the sentinel before this program starts; it stands here for the help. */
function addRun(program: Command): void {
  program
    .command('run')
    .description('start a daemon if it fits: syncguard run [OPTIONS] [--] COMMAND [ARG...]')
    .allowUnknownOption()
    .argument('[command...]');
}
