// What people are told of each option of `run`: its --help (attach-help.ts for `attach`), and what completions and the manual page are made from.
// Knows: sentences. May not know: how a value is read; a test keeps the two lists alike.

import { PLATFORM_IDS } from '../domain/platform.ts';
import { fold } from '../formats/folded-text.ts';
import { COLOR, COMPANION, ON_REFUSE, ON_UNKNOWN, RESTART } from './options.ts';

export interface OptionHelp {
  readonly name: string;
  readonly short?: string;
  /** What stands for its value; absence: it takes none. */
  readonly value?: string;
  /** The values there are, where they can be listed. */
  readonly choices?: readonly string[];
  readonly isRepeatable?: true;
  readonly doc: string;
}

const of = (name: string, value: string, doc: string): OptionHelp => ({ name, value, doc });
const many = (name: string, value: string, doc: string): OptionHelp => ({
  ...of(name, value, doc),
  isRepeatable: true,
});
const oneOf = (name: string, choices: readonly string[], doc: string): OptionHelp => ({ name, choices, doc });
const alone = (name: string, doc: string): OptionHelp => ({ name, doc });

export const OPTION_HELP: readonly OptionHelp[] = [
  many('--tree', 'TREE', 'a tree it syncs; default: as its profile finds them'),
  of('--daemon', 'NAME', "judge it as this daemon; default: by COMMAND's name"),
  many('--require', 'RESOURCE=VALUE', 'a need besides, as in shmpages=72M'),
  many('--exclude', 'GLOB', 'leave out of the count'),
  many('--barrier', 'RESOURCE=VALUE', 'judge against this wall instead'),
  of('--throttle-at', 'SHARE', 'of a wall at which it is slowed; default: 85%'),
  of('--pause-at', 'SHARE', 'of a wall at which it is paused; default: 90%'),
  of('--stop-at', 'SHARE', 'of a wall at which it is refused, or stopped; default: 95%'),
  oneOf(
    '--on-refuse',
    ON_REFUSE,
    "exit with 75 (default), wait until it fits, start in the daemon's cheap mode, or start all the same",
  ),
  oneOf('--restart', RESTART, 'start it again after its end, through the gate; default: never'),
  of('--restart-at', 'CRON', "restart it by the clock, as in '20 4 * * *'"),
  of('--time-zone', 'ZONE', 'the one --restart-at is meant in, as in Europe/Paris'),
  of('--jitter', 'DURATION', 'a restart by the clock is late by a random part of this'),
  of('--restart-if', 'CONDITION', "by the clock only if, as in 'held>60%'"),
  of('--lease', 'DURATION', 'how long a pause outlives a guard that has fallen silent; default: 90s'),
  oneOf(
    '--companion',
    COMPANION,
    'the process that logs and answers status, pause, why; auto: where 256 MiB of headroom are left',
  ),
  oneOf('--on-unknown', ON_UNKNOWN, 'when no wall can be read; default: start'),
  of('--gate-timeout', 'DURATION', 'an estimate that takes longer counts as unknown; default: 5min'),
  alone('--dry-run', 'say what would be done, and run COMMAND unguarded'),
  of('--sysroot', 'DIR', 'judge a recorded machine; with --dry-run'),
  oneOf('--platform', PLATFORM_IDS, 'judge by its rules instead of those of the one detected'),
  of('--config', 'FILE', 'this configuration file instead of the usual places'),
  alone('--preserve-status', "COMMAND's own status where 75 would be given after a stop"),
  alone('--pass-notify', 'leave NOTIFY_SOCKET to COMMAND; in a unit with NotifyAccess=all'),
  { name: '--quiet', short: '-q', doc: 'nothing but errors' },
  { name: '--verbose', short: '-v', doc: 'say more' },
  oneOf('--color', COLOR, 'as every command takes it; the lines of run are plain in any case'),
];

export const COMMAND_HELP = `Starts COMMAND if its tree fits below this container's walls, and is otherwise not there:
same terminal, signals and exit status. Options come before COMMAND; without COMMAND,
the one daemon that is installed.`;

/** Where the sentences begin, and where lines end. */
const INDENT = 27;
const COLUMNS = 100;

export function renderOption({ name, short, value, choices, isRepeatable, doc }: OptionHelp): string {
  const names = short === undefined ? name : `${short}, ${name}`;
  const head = `  ${[names, value ?? choices?.join('|')].join(' ').trimEnd()}`;
  const sentence = isRepeatable ? `${doc} (repeatable)` : doc;
  return head.length < INDENT
    ? fold(head.padEnd(INDENT), sentence, COLUMNS)
    : `${head}\n${fold(' '.repeat(INDENT), sentence, COLUMNS)}`;
}

export const renderHelp = (): string => `Usage: syncguard run [OPTION...] [--] [COMMAND [ARG...]]
${COMMAND_HELP}

${OPTION_HELP.map(renderOption).join('\n')}

What is not given is taken from the configuration: syncguard config show.

Exit status: COMMAND's own; 75 refused or stopped at a wall, 125 syncguard failed,
126 COMMAND cannot be executed, 127 COMMAND was not found.
`;
