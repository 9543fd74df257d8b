// The command line of `run`: our options come before COMMAND, every word after it is the daemon's, as with env and timeout.
// Knows: option names and what their values must look like. May not know: process.argv, the environment, whether a path exists.

import { failure, type Result, success } from '../domain/result.ts';
import { nearestWord } from '../formats/nearest-word.ts';
import { DEFAULT_OPTIONS, type RunOptions, SETTING_OF, SWITCHES, VALUED } from './options.ts';

/** COMMAND and its arguments. */
export type Command = readonly [string, ...string[]];

/** `command` null: none was given. */
export type Arguments =
  | { readonly kind: 'help' }
  | { readonly kind: 'run'; readonly options: RunOptions; readonly command: Command | null };

/** A command line that cannot be followed: one sentence, and what to type next. */
export interface UsageTrouble {
  readonly message: string;
  readonly hint: string;
}

const HELP_HINT = 'syncguard run --help';
const trouble = (message: string): Result<never, UsageTrouble> => failure({ message, hint: HELP_HINT });

/** `words` is everything after the program's name; `run` itself is its first operand. */
export function parseArguments(words: readonly string[]): Result<Arguments, UsageTrouble> {
  const before = takeOptions(DEFAULT_OPTIONS, words);
  if (!before.ok) return before;
  // The first operand is `run`; what follows it are options again.
  const after = before.value.wantsHelp
    ? before
    : takeOptions(before.value.options, before.value.rest.slice(1));
  if (!after.ok) return after;
  const { options, rest, wantsHelp } = after.value;
  return wantsHelp ? success({ kind: 'help' }) : complete(options, rest[0] === '--' ? rest.slice(1) : rest);
}

interface Taken {
  readonly options: RunOptions;
  /** From the first word that is not an option. */
  readonly rest: readonly string[];
  readonly wantsHelp: boolean;
}

const isOption = (word: string | undefined): word is string =>
  word !== undefined && word !== '--' && word.startsWith('-') && word !== '-';

function takeOptions(from: RunOptions, words: readonly string[]): Result<Taken, UsageTrouble> {
  let options = from;
  let rest = words;
  while (isOption(rest[0])) {
    const [word, next] = rest;
    if (word === '--help' || word === '-h') return success({ options, rest, wantsHelp: true });
    const step = applyOption(options, word, next);
    if (!step.ok) return step;
    options = step.value.options;
    rest = rest.slice(step.value.wordCount);
  }
  return success({ options, rest, wantsHelp: false });
}

function complete(options: RunOptions, words: readonly string[]): Result<Arguments, UsageTrouble> {
  const [command, ...rest] = words;
  if (options.sysroot !== null && !options.isDryRun)
    return trouble('--sysroot judges a recorded machine, so run takes it only with --dry-run');
  if (command === '') return trouble('COMMAND is an empty word: nothing to run');
  return success({ kind: 'run', options, command: command === undefined ? null : [command, ...rest] });
}

interface Step {
  readonly options: RunOptions;
  /** 1, or 2 where the value was a word of its own. */
  readonly wordCount: 1 | 2;
}

/** `--name`, `--name value` or `--name=value`. */
function applyOption(
  options: RunOptions,
  word: string,
  next: string | undefined,
): Result<Step, UsageTrouble> {
  const [, name = word, inline] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  if (Object.hasOwn(SWITCHES, name))
    return inline === undefined
      ? success({ options: noted({ ...options, ...SWITCHES[name] }, name, 'true'), wordCount: 1 })
      : trouble(`${name} takes no value`);
  const set = Object.hasOwn(VALUED, name) ? VALUED[name] : undefined;
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

function unknownOption(name: string): Result<never, UsageTrouble> {
  const near = nearestWord(name, [...Object.keys(SWITCHES), ...Object.keys(VALUED)]);
  const meant = near === null ? '' : ` (did you mean ${near}?)`;
  return trouble(`unknown option ${name}${meant}; the daemon's own options come after COMMAND`);
}
