// The whole command line: the tree of commands is built, one is chosen and run, and errors become ours.

import { SyncguardError } from '../../domain/error.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { type Choose, Command, CommanderError, common, type Run } from './command-tree.ts';
import { addAlerts, addConfig } from './config-commands.ts';
import { type ReportOptions, reportError } from './exit-code.ts';
import { addDemo, addOrders, addReplay, addStatus, addWhy } from './guard-commands.ts';
import { addDoctor, addEstimate, addFit, addLearn, addLimits, addProfiles } from './judging-commands.ts';
import { addService } from './service-commands.ts';
import { addCompletion, addMan } from './shell-commands.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** Parses, runs one command, and answers with the exit status; it never exits the process itself. */
export async function runProgram(argv: readonly string[], terminal: Terminal): Promise<number> {
  let chosen: Run | null = null;
  const choose = (run: Run): void => {
    chosen = run;
  };
  const program = buildProgram(choose, terminal, argv[0]);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return chosen === null ? 0 : await (chosen as Run)(terminal);
  } catch (error) {
    if (error instanceof CommanderError)
      return reportUsage({ error, argv, known: namesOf(program) }, terminal);
    return reportError(error, terminal, reportOptions(argv));
  }
}

/** Read from the words themselves, up to a `--`: an error may be one of reading the options. */
function reportOptions(argv: readonly string[]): ReportOptions {
  const end = argv.indexOf('--');
  const ours = end < 0 ? argv : argv.slice(0, end);
  return { isJson: ours.includes('--json'), isDebugging: ours.includes('--debug') };
}

interface Misuse {
  readonly error: CommanderError;
  readonly argv: readonly string[];
  readonly known: readonly string[];
}

/** Help and version are answers, not errors. */
function reportUsage({ error, argv, known }: Misuse, terminal: Terminal): number {
  if (error.exitCode === 0) return 0;
  const [command] = argv.filter((word) => !word.startsWith('-'));
  const whose = command !== undefined && known.includes(command) ? ` ${command}` : '';
  const message = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const sentence = message.endsWith('.') || message.endsWith(')') ? message : `${message}.`;
  return reportError(
    new SyncguardError('usage', sentence, `syncguard${whose} --help lists what it takes`),
    terminal,
    { ...reportOptions(argv), isDebugging: false },
  );
}

const namesOf = (program: Command): string[] => program.commands.map((command) => command.name());

function unknownCommand(word: string, known: readonly string[]): SyncguardError {
  const near = nearestWord(word, known);
  const hint = near === null ? 'syncguard --help lists them' : `did you mean syncguard ${near}?`;
  return new SyncguardError('usage', `There is no command ${word}; known are ${known.join(', ')}.`, hint);
}

/** `first` is the first word on the command line. */
function buildProgram(choose: Choose, terminal: Terminal, first: string | undefined): Command {
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
    if (word !== undefined) throw unknownCommand(word, namesOf(program));
    program.outputHelp();
  });
  return program;
}

function addOthers(program: Command, choose: Choose): void {
  addFit(program, choose);
  addLimits(program, choose);
  addDoctor(program, choose);
  addProfiles(program, choose);
  addLearn(program, choose);
  addStatus(program, choose);
  addWhy(program, choose);
  addOrders(program, choose);
  addConfig(program, choose);
  addAlerts(program, choose);
  addService(program, choose);
  addReplay(program, choose);
  addDemo(program, choose);
  addCompletion(program, choose);
  addMan(program, choose);
  addRun(program);
}

/** The launcher hands both to the sentinel before this program starts; they stand here for the help. */
function addRun(program: Command): void {
  program
    .command('run')
    .description('start a daemon if it fits: syncguard run [OPTIONS] [--] COMMAND [ARG...]')
    .allowUnknownOption()
    .argument('[command...]');
  program
    .command('attach')
    .description('guard a daemon that runs already: syncguard attach [OPTIONS] --pid N | --unit NAME')
    .allowUnknownOption();
}
