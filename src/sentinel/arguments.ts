// The command lines of `run` and `attach`: of `run` our options come before COMMAND, every word after it is the daemon's, as with
// env and timeout.
// Knows: option names and what their values must look like. May not know: process.argv, the environment, whether a path exists.

import { EXIT_CODE_OF } from '../domain/error.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { nearestWord } from '../formats/nearest-word.ts';
import { ATTACH_OPTIONS, type AttachTarget, TARGETS } from './attach-options.ts';
import { FAILED } from './ending.ts';
import { DEFAULT_OPTIONS, type RunOptions, SETTING_OF, SWITCHES, VALUED } from './options.ts';

/** COMMAND and its arguments. */
export type Command = readonly [string, ...string[]];

/** `command` null: none was given. */
export type Arguments =
  | { readonly kind: 'help'; readonly of: Operand }
  | { readonly kind: 'run'; readonly options: RunOptions; readonly command: Command | null }
  | { readonly kind: 'attach'; readonly options: RunOptions; readonly target: AttachTarget };

type Operand = 'run' | 'attach';

/** A command line that cannot be followed: one sentence, and what to type next. */
export interface UsageTrouble {
  readonly message: string;
  readonly hint: string;
  readonly status: number;
}

const USAGE = EXIT_CODE_OF.usage;
const trouble = (message: string): Result<never, string> => failure(message);

/** `words` is everything after the program's name; `run` itself is its first operand. */
export function parseArguments(words: readonly string[]): Result<Arguments, UsageTrouble> {
  const before = takeOptions(DEFAULT_OPTIONS, words);
  const of: Operand = before.ok && before.value.rest[0] === 'attach' ? 'attach' : 'run';
  const parsed = before.ok ? parseBehind(of, before.value) : before;
  if (parsed.ok) return parsed;
  const status = of === 'run' ? FAILED : USAGE;
  return failure({ message: parsed.error, hint: `syncguard ${of} --help`, status });
}

/** The first operand is the command; what follows it are options again. */
function parseBehind(of: Operand, before: Taken): Result<Arguments, string> {
  const after = before.wantsHelp ? success(before) : takeOptions(before.options, before.rest.slice(1));
  if (!after.ok) return after;
  const { rest, wantsHelp } = after.value;
  if (wantsHelp) return success({ kind: 'help', of });
  const taken = { ...after.value, names: [...before.names, ...after.value.names] };
  return of === 'attach' ? completeAttach(taken) : complete(taken, rest[0] === '--' ? rest.slice(1) : rest);
}

interface Taken {
  readonly options: RunOptions;
  /** From the first word that is not an option. */
  readonly rest: readonly string[];
  /** Of the options there were. */
  readonly names: readonly string[];
  readonly wantsHelp: boolean;
}

const isOption = (word: string | undefined): word is string =>
  word !== undefined && word !== '--' && word.startsWith('-') && word !== '-';

function takeOptions(from: RunOptions, words: readonly string[]): Result<Taken, string> {
  let options = from;
  let rest = words;
  const names: string[] = [];
  while (isOption(rest[0])) {
    const [word, next] = rest;
    if (word === '--help' || word === '-h') return success({ options, rest, names, wantsHelp: true });
    const step = applyOption(options, word, next);
    if (!step.ok) return step;
    names.push(word.replace(/=.*$/s, ''));
    options = step.value.options;
    rest = rest.slice(step.value.wordCount);
  }
  return success({ options, rest, names, wantsHelp: false });
}

function complete({ options, names }: Taken, words: readonly string[]): Result<Arguments, string> {
  const [command, ...rest] = words;
  const foreign = names.find((name) => Object.hasOwn(TARGETS, name));
  if (foreign !== undefined) return trouble(`${foreign} is an option of attach: run starts what it guards`);
  if (options.sysroot !== null && !options.isDryRun)
    return trouble('--sysroot judges a recorded machine, so run takes it only with --dry-run');
  if (command === '') return trouble('COMMAND is an empty word: nothing to run');
  return success({ kind: 'run', options, command: command === undefined ? null : [command, ...rest] });
}

function completeAttach({ options, names, rest: [word] }: Taken): Result<Arguments, string> {
  if (word !== undefined) return trouble(`attach takes no COMMAND, and ${word} is one: it runs already`);
  const foreign = names.find((name) => !ATTACH_OPTIONS.includes(name));
  if (foreign !== undefined) return trouble(`${foreign} is no option of attach, which starts nothing`);
  const targets = names.filter((name) => Object.hasOwn(TARGETS, name));
  if (targets.length > 1) return trouble(`${targets.join(' and ')}: one daemon at a time`);
  const { target } = options;
  if (target === null) return trouble('attach needs --pid N or --unit NAME');
  return success({ kind: 'attach', options, target });
}

interface Step {
  readonly options: RunOptions;
  /** 1, or 2 where the value was a word of its own. */
  readonly wordCount: 1 | 2;
}

const ALL_VALUED: typeof VALUED = { ...VALUED, ...TARGETS };

/** `--name`, `--name value` or `--name=value`. */
function applyOption(options: RunOptions, word: string, next: string | undefined): Result<Step, string> {
  const [, name = word, inline] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  if (Object.hasOwn(SWITCHES, name))
    return inline === undefined
      ? success({ options: noted({ ...options, ...SWITCHES[name] }, name, 'true'), wordCount: 1 })
      : trouble(`${name} takes no value`);
  const set = Object.hasOwn(ALL_VALUED, name) ? ALL_VALUED[name] : undefined;
  if (set === undefined) return unknownOption(name);
  const value = inline ?? next ?? '';
  if (value === '') return trouble(`${name} needs a value`);
  const change = set(value, options);
  return change.ok
    ? success({
        options: noted({ ...options, ...change.value }, name, value),
        wordCount: inline === undefined ? 2 : 1,
      })
    : trouble(`${name}: ${change.error}`);
}

/** A setting is kept as it was typed, for those who put it over the files. */
function noted(options: RunOptions, name: string, text: string): RunOptions {
  const setting = Object.hasOwn(SETTING_OF, name) ? SETTING_OF[name] : undefined;
  if (setting === undefined) return options;
  const equals = setting.endsWith('.') ? text.indexOf('=') : -1;
  const said = { [setting + text.slice(0, Math.max(0, equals))]: text.slice(equals + 1) };
  return { ...options, flags: { ...options.flags, ...said } };
}

function unknownOption(name: string): Result<never, string> {
  const near = nearestWord(name, [...Object.keys(SWITCHES), ...Object.keys(ALL_VALUED)]);
  const meant = near === null ? '' : ` (did you mean ${near}?)`;
  return trouble(`unknown option ${name}${meant}; the daemon's own options come after COMMAND`);
}
