// The door of commander: what every command of the tree shares.

import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { SyncguardError } from '../../domain/error.ts';
import { isMachine } from '../../kernel/kernel-file.ts';
import { COLOR_CHOICES, type Terminal } from './terminal.ts';

export { Argument, Command, CommanderError, InvalidArgumentError, Option };

/** One command, chosen and with its options read: what is left is to run it. */
export type Run = (terminal: Terminal) => Promise<number>;
export type Choose = (run: Run) => void;

/** A common option may stand before the command or after it; what was typed wins over a default, and the later over the earlier. */
export function optionsOf<T>(command: Command): T {
  const typed = lineOf(command).flatMap((each) =>
    Object.entries(each.opts()).filter(([name]) => each.getOptionValueSource(name) === 'cli'),
  );
  return { ...command.opts(), ...Object.fromEntries(typed) } as T;
}

/** The program, and what of its tree leads to `command`. */
const lineOf = (command: Command): Command[] =>
  command.parent === null ? [command] : [...lineOf(command.parent), command];

export const collect = (word: string, words: readonly string[]): string[] => [...words, word];

function recordedMachine(directory: string): string {
  if (isMachine(directory)) return directory;
  throw new SyncguardError(
    'usage',
    `--sysroot ${directory}: there is no such folder.`,
    'name the folder that holds the proc/ and sys/ of the recorded machine',
  );
}

/** `command` with the options that all of them take. */
export function common(command: Command): Command {
  return command
    .option('--json', 'one JSON object on stdout')
    .option('--config <file>', 'this configuration file instead of the usual places')
    .option('--sysroot <dir>', 'read proc/ and sys/ below DIR: a recorded machine', recordedMachine)
    .option('--platform <id>', 'judge by the rules of this platform instead of the detected one')
    .option('-q, --quiet', 'nothing but the exit status and errors')
    .option('-v, --verbose', 'every row, also those without a wall')
    .addOption(new Option('--color <when>', 'colour the output').choices(COLOR_CHOICES).default('auto'))
    .option('--debug', 'show the stack of an error');
}
