// The command line of `service print` and `service install`: their own options and those of `run`, in any order, up to COMMAND.

import { resolve } from 'node:path';
import { SyncguardError } from '../../domain/error.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { type Arguments, parseArguments } from '../../sentinel/arguments.ts';
import { SWITCHES, VALUED } from '../../sentinel/options.ts';

/** An option of ours, as commander knows it. */
export interface OwnOption {
  readonly long?: string | undefined;
  readonly short?: string | undefined;
  /** It takes a value. */
  readonly required: boolean;
}

export interface SplitWords {
  /** Our options with their values. */
  readonly own: readonly string[];
  /** Those of `run`, paths among them absolute. */
  readonly options: readonly string[];
  readonly command: readonly string[];
  /** As `run` will read them. */
  readonly parsed: Extract<Arguments, { kind: 'run' }>['options'];
}

/** Paths that a service must find from another directory. */
const PATH_OPTIONS = ['--tree', '--config', '--sysroot'];

export function splitWords(
  words: readonly string[],
  known: readonly OwnOption[],
  directory: string,
): SplitWords {
  const taken: TakenOption[] = [];
  let rest = words;
  for (let [word] = rest; word !== undefined && isOption(word); [word] = rest) {
    const option = takeOption(word, rest[1], known);
    taken.push(option);
    rest = rest.slice(option.wordCount);
  }
  const command = rest[0] === '--' ? rest.slice(1) : rest;
  const own = taken.filter(({ isOurs }) => isOurs).flatMap(({ words: own }) => own);
  const options = taken
    .filter(({ isOurs }) => !isOurs)
    .flatMap((option) => absolute(option.words, directory));
  return { own, options, command, parsed: parseRun(options, command) };
}

interface TakenOption {
  readonly isOurs: boolean;
  /** Its name, and its value where it has one. */
  readonly words: readonly [string, ...string[]];
  readonly wordCount: 1 | 2;
}

/** `--name`, `--name value` or `--name=value`. */
function takeOption(word: string, next: string | undefined, known: readonly OwnOption[]): TakenOption {
  const [, name = word, inline] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
  const ours = known.find(({ long, short }) => long === name || short === name);
  const takesNext = inline === undefined && (ours?.required ?? isValued(name, known));
  const value = takesNext ? next : inline;
  return {
    isOurs: ours !== undefined,
    words: value === undefined ? [name] : [name, value],
    wordCount: takesNext ? 2 : 1,
  };
}

const absolute = ([name, ...values]: TakenOption['words'], directory: string): string[] =>
  PATH_OPTIONS.includes(name)
    ? [name, ...values.map((value) => resolve(directory, value))]
    : [name, ...values];

const isOption = (word: string): boolean => word !== '--' && word.startsWith('-') && word !== '-';

/** Whether it is an option of `run` with a value; one that nobody knows is an error. */
function isValued(name: string, known: readonly OwnOption[]): boolean {
  if (Object.hasOwn(VALUED, name)) return true;
  if (Object.hasOwn(SWITCHES, name)) return false;
  const ours = known.flatMap(({ long }) => long ?? []);
  const near = nearestWord(name, [...ours, ...Object.keys(SWITCHES), ...Object.keys(VALUED)]);
  const meant = near === null ? '' : ` (did you mean ${near}?)`;
  throw new SyncguardError(
    'usage',
    `unknown option ${name}${meant}; the daemon's own options come after COMMAND.`,
    'syncguard service install --help; syncguard run --help has those of run',
  );
}

function parseRun(options: readonly string[], command: readonly string[]): SplitWords['parsed'] {
  const parsed = parseArguments(['run', ...options, ...(command.length === 0 ? [] : ['--', ...command])]);
  if (parsed.ok && parsed.value.kind === 'run') return parsed.value.options;
  const { message, hint } = parsed.ok
    ? { message: '--help is no option of a service', hint: 'syncguard run --help' }
    : parsed.error;
  throw new SyncguardError('usage', `${message}.`, hint);
}
