// The tree of commands as words: commander's part as commander holds it, `run` and `attach` as the sentinel tells them.

import { PLATFORM_IDS } from '../../domain/platform.ts';
import { RESOURCE_NAMES } from '../../domain/resource.ts';
import { ATTACH_COMMAND_HELP, ATTACH_OPTION_HELP } from '../../sentinel/attach-help.ts';
import { COMMAND_HELP, OPTION_HELP, type OptionHelp } from '../../sentinel/help.ts';
import type { CommandWords, Completes, OperandWords, OptionWords } from '../completion/command-words.ts';
import { type Argument, type Command, collect, type Option } from './command-tree.ts';

/** `program` is the whole tree, or a part of it. */
export function describeCommand(program: Command): CommandWords {
  return {
    name: program.name(),
    doc: program.description(),
    options: [...program.options.map(describeOption), HELP_OPTION],
    operands: program.registeredArguments.map(describeOperand),
    commands: program.commands.map((each) => OF_SENTINEL[each.name()] ?? describeCommand(each)),
    startsProgram: false,
  };
}

const AMOUNTS = RESOURCE_NAMES.map((name) => `${name}=`);

/** What our placeholders mean, in the commands and in `run`; one that is not here completes nothing. */
const COMPLETES_OF: Readonly<Record<string, Completes>> = {
  file: 'file',
  dir: 'folder',
  tree: 'folder',
  glob: 'folder-below',
  whose: 'whose',
  name: 'daemon',
  guard: 'guard',
  id: PLATFORM_IDS,
  resource: RESOURCE_NAMES,
  'resource=value': AMOUNTS,
};

const completesOf = (placeholder: string, choices: readonly string[] | undefined): Completes =>
  choices ?? COMPLETES_OF[placeholder.toLowerCase()] ?? 'nothing';

function describeOption(option: Option): OptionWords {
  const { short, long, description, argChoices, required, optional, defaultValue } = option;
  const [, placeholder = ''] = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(option.flags) ?? [];
  return {
    long: long ?? short ?? '',
    short: long === undefined ? null : (short ?? null),
    value:
      required || optional
        ? { placeholder, completes: completesOf(placeholder, argChoices), isOptional: optional }
        : null,
    doc: description,
    isRepeatable: option.parseArg === collect,
    fallback: typeof defaultValue === 'string' ? defaultValue : null,
  };
}

const describeOperand = (argument: Argument): OperandWords => ({
  placeholder: argument.name(),
  completes: completesOf(argument.name(), argument.argChoices),
  doc: argument.description,
  isOptional: !argument.required,
  isVariadic: argument.variadic,
});

const HELP_OPTION: OptionWords = {
  long: '--help',
  short: '-h',
  value: null,
  doc: 'what it takes',
  isRepeatable: false,
  fallback: null,
};

const describeRunOption = ({ name, short, value, choices, isRepeatable, doc }: OptionHelp): OptionWords => ({
  ...HELP_OPTION,
  long: name,
  short: short ?? null,
  value:
    value === undefined && choices === undefined
      ? null
      : {
          placeholder: value ?? choices?.join('|') ?? '',
          completes: completesOf(value ?? '', choices),
          isOptional: false,
        },
  doc,
  isRepeatable: isRepeatable === true,
});

const ATTACH: CommandWords = {
  name: 'attach',
  doc: ATTACH_COMMAND_HELP.replaceAll('\n', ' '),
  options: [...ATTACH_OPTION_HELP.map(describeRunOption), HELP_OPTION],
  operands: [],
  commands: [],
  startsProgram: false,
};

const RUN: CommandWords = {
  name: 'run',
  doc: COMMAND_HELP.replaceAll('\n', ' '),
  options: [...OPTION_HELP.map(describeRunOption), HELP_OPTION],
  operands: [
    {
      placeholder: 'command',
      completes: 'nothing',
      doc: 'the daemon and its own words',
      isOptional: true,
      isVariadic: true,
    },
  ],
  commands: [],
  startsProgram: true,
};

const OF_SENTINEL: Readonly<Record<string, CommandWords>> = { run: RUN, attach: ATTACH };
