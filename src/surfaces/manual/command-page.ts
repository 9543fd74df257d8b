// syncguard(1): what each command takes, from the command line's words; around it what no option says.

import type { CommandWords, OperandWords, OptionWords, PlacedCommand } from '../completion/command-words.ts';
import { placedCommands, spellings } from '../completion/command-words.ts';
import {
  entry,
  listing,
  literal,
  paragraph,
  plain,
  renderTitle,
  section,
  sentence,
  subsection,
  variable,
} from './roff.ts';

export interface Edition {
  readonly version: string;
  /** When what is said here was last looked through, as 2026-11-25. */
  readonly date: string;
}

/** `root` is the program itself; its options are those of every command. */
export function renderCommandPage(root: CommandWords, { version, date }: Edition): string {
  const common = new Set(root.options.map(({ long }) => long));
  const commands = placedCommands(root).filter(
    ({ path, command }) => path.length > 0 && command.commands.length === 0,
  );
  return [
    renderTitle(1, version, date),
    section('NAME', `syncguard \\- ${plain(PURPOSE)}\n`),
    section('SYNOPSIS', SYNOPSIS.map(paragraph).join('')),
    section('DESCRIPTION', DESCRIPTION.map((each) => paragraph(plain(each))).join('')),
    section('COMMANDS', commands.map((each) => renderCommand(each, common)).join('')),
    section('COMMON OPTIONS', root.options.map(renderOption).join('')),
    section('EXIT STATUS', EXIT_STATUS.map(([status, doc]) => entry(literal(status), plain(doc))).join('')),
    section('ENVIRONMENT', ENVIRONMENT.map(([name, doc]) => entry(literal(name), plain(doc))).join('')),
    section('FILES', FILES.map(([name, doc]) => entry(variable(name), plain(doc))).join('')),
    section('EXAMPLES', EXAMPLES.map(([doc, line]) => paragraph(plain(doc)) + listing([line])).join('')),
    section('SEE ALSO', `${SEE_ALSO.join(',\n')}\n`),
  ].join('');
}

function renderCommand({ path, command }: PlacedCommand, common: ReadonlySet<string>): string {
  const own = command.startsProgram
    ? command.options
    : command.options.filter(({ long }) => !common.has(long));
  const told = command.operands.filter(({ doc }) => doc !== '');
  return subsection(
    ['syncguard', ...path].map(plain).join(' '),
    [
      paragraph(
        [
          literal(['syncguard', ...path].join(' ')),
          '[\\fIoption\\fR ...]',
          ...command.operands.map(renderOperand),
        ].join(' '),
      ),
      paragraph(plain(sentence(command.doc))),
      ...told.map((operand) => entry(variable(operand.placeholder), plain(sentence(operand.doc)))),
      ...own.filter(({ long }) => long !== '--help').map(renderOption),
    ].join(''),
  );
}

function renderOperand({ placeholder, isOptional, isVariadic }: OperandWords): string {
  const word = `${variable(placeholder)}${isVariadic ? ' ...' : ''}`;
  return isOptional ? `[${word}]` : word;
}

function renderOption(option: OptionWords): string {
  const { value, doc, isRepeatable, fallback } = option;
  const names = spellings(option).map(literal).join(', ');
  const sign =
    value?.isOptional === true
      ? ` [${variable(value.placeholder)}]`
      : value === null
        ? ''
        : ` ${variable(value.placeholder)}`;
  const choices =
    Array.isArray(value?.completes) && !isChoiceShown(option) && value.completes.length <= SHORT_LIST
      ? ` One of ${value.completes.join(', ')}.`
      : '';
  const more = `${choices}${fallback === null ? '' : ` Default: ${fallback}.`}`;
  const repeated = isRepeatable && !doc.includes('repeated') ? ' May be repeated.' : '';
  return entry(names + sign, plain(`${sentence(doc)}${repeated}${more}`));
}

/** Longer ones are lists of daemons and resources, which have commands of their own. */
const SHORT_LIST = 8;
const isChoiceShown = ({ value }: OptionWords): boolean => value?.placeholder.includes('|') === true;

const PURPOSE = 'protect a memory-capped Linux container from its own file-sync daemon';

const SYNOPSIS = [
  `${literal('syncguard')} ${variable('command')} [${variable('option')} ...] [${variable('operand')} ...]`,
  `${literal('syncguard run')} [${variable('option')} ...] [${literal('--')}] ${variable('daemon')} [${variable('argument')} ...]`,
];

const DESCRIPTION = [
  'A sync daemon looks at every file and watches every folder, and the kernel keeps a dentry and an inode for each. In a small container that runs into a wall, and from then on every allocation fails: no login, no command, no way out.',
  'syncguard counts a tree by its directory entries, without touching a file, projects what the daemon will ask of each wall of this container, and says whether it fits. As run it starts the daemon only if it does, and then guards it: slowed near a wall, paused nearer, ended before the wall is hit.',
  'Walls are those of the machine it runs on: /proc/user_beancounters, cgroup v1 and v2, inotify, processes, open files, disk. What cannot be read is unknown and said to be, never taken for nothing.',
];

const EXIT_STATUS: readonly (readonly [string, string])[] = [
  ['0', 'Done; for estimate: it would be started, also throttled; for status: running or paused.'],
  ['1, 2', 'Of doctor: something is lost; something it cannot do without.'],
  ['3, 4', 'Of status: no guard is running; it is not known.'],
  [
    '64',
    'The command line cannot be followed. As every error it is one sentence, and a hint that is the next command.',
  ],
  ['65', 'A damaged table or recording; with --strict, a tree that could not be read in all its parts.'],
  ['66', 'No such tree, daemon, subject, guard, or nothing to undo.'],
  ['69', 'Unknown: no wall that matters could be read.'],
  ['70', 'An error of its own.'],
  ['74', 'Reading or writing failed.'],
  ['75', 'It does not fit: refused, or no plan; of run also stopped at a wall.'],
  ['77', 'Not permitted.'],
  ['78', 'The configuration cannot be followed.'],
  [
    '125, 126, 127',
    'Of run: syncguard itself failed, whatever the reason; the command cannot be executed; it was not found. All else is the exit status of the command, and a death by signal is passed on as one.',
  ],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['SYNCGUARD_*', 'Each setting of syncguard(5), over the files and below the options.'],
  [
    'CONFIGURATION_DIRECTORY, STATE_DIRECTORY, RUNTIME_DIRECTORY',
    'As systemd sets them, over the places below.',
  ],
  ['XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR', 'Where the places below begin.'],
  ['NO_COLOR, FORCE_COLOR, TERM', 'Whether the output is coloured; --color is over them.'],
  ['UV_THREADPOOL_SIZE', 'How many directories are read at once from a disk; 16 where it is not set.'],
];

const FILES: readonly (readonly [string, string])[] = [
  ['/etc/syncguard/config.toml', 'Configuration, with conf.d/*.toml beside it. See syncguard(5).'],
  ['~/.config/syncguard/config.toml', 'The same of one user, over it.'],
  [
    '/var/lib/syncguard, ~/.local/state/syncguard',
    'State: what trees were like at their last start, holds, what fit changed.',
  ],
  ['/run/syncguard, $XDG_RUNTIME_DIR/syncguard', 'One directory for each running guard.'],
];

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['Would the installed daemon fit?', 'syncguard estimate'],
  [
    'Would a tree fit that is not here yet, in a smaller container?',
    'syncguard estimate --expect files=120000,directories=9000 --barrier memory=512M',
  ],
  ['What to leave out, and leave it out:', 'syncguard fit --daemon syncthing --keep Photos/ --apply'],
  [
    'Start a daemon if it fits, again after each end that was none of its own, and wait where it does not:',
    'syncguard run --restart on-failure --on-refuse wait -- syncthing --no-browser',
  ],
  ['Why was it paused?', 'syncguard why'],
];

const SEE_ALSO = ['.BR syncguard (5)', '.BR cgroups (7)', '.BR inotify (7)', '.BR systemd.service (5)'];
