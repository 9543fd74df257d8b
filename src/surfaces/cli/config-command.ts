// `syncguard config show`, `config check`, `config schema`: the configuration as it is read, without starting anything.

import { SyncguardError } from '../../domain/error.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { findProfile } from '../../profiles/index.ts';
import { type Arguments, parseArguments } from '../../sentinel/arguments.ts';
import { settingsJsonSchema } from '../../settings/json-schema.ts';
import { readSettings, renderOrigin, type SettingsRead, sentenceOf } from '../../settings/settings-file.ts';
import { listSettings } from '../../settings/settings-listing.ts';
import { strayVariables } from '../../settings/settings-words.ts';
import type { CommonOptions } from './common-options.ts';
import { renderConfiguration } from './config-text.ts';
import { EXIT } from './exit-code.ts';
import { renderJson } from './json-text.ts';
import { profileLayer } from './profile-layer.ts';
import { paintFor, type Terminal } from './terminal.ts';

/** `words`: the command line of a `run` whose options count as flags. */
export async function runConfigShow(
  words: readonly string[],
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const { flags, daemon, config } = optionsOfRun(words);
  const read = readOrThrow({
    explicitFile: options.config ?? config,
    env: terminal.environment,
    sysroot: options.sysroot,
    flags,
  });
  const listed = listSettings(read, daemon === null ? null : profileLayer(daemon, read.settings));
  const { files } = read;
  const strays = strayVariables(terminal.environment);
  if (options.json === true)
    terminal.print(
      renderJson({ schema: 'syncguard/config/1', files, settings: listed, strayVariables: strays }),
    );
  else if (options.quiet !== true)
    terminal.print(
      renderConfiguration(listed, {
        paint: paintFor(terminal, options.color),
        files,
        isVerbose: options.verbose === true,
      }),
    );
  if (options.json !== true) complainOf(strays, terminal);
  return EXIT.ok;
}

/** `file` alone, or all that would be read; an error is one sentence and 78. */
export async function runConfigCheck(
  file: string | undefined,
  options: CommonOptions,
  terminal: Terminal,
): Promise<number> {
  const isOne = file !== undefined;
  const { files } = readOrThrow({
    explicitFile: file ?? options.config ?? null,
    env: isOne ? {} : terminal.environment,
    sysroot: options.sysroot,
  });
  const strays = isOne ? [] : strayVariables(terminal.environment);
  if (options.json === true)
    terminal.print(renderJson({ schema: 'syncguard/config-check/1', files, strayVariables: strays }));
  else if (options.quiet !== true) {
    const lines = files.map((each) => `${escapeForTerminal(each)}: good\n`).join('');
    terminal.print(lines === '' ? 'no file: the defaults and the environment are good\n' : lines);
    complainOf(strays, terminal);
  }
  return EXIT.ok;
}

export async function runConfigSchema(terminal: Terminal): Promise<number> {
  terminal.print(`${JSON.stringify(settingsJsonSchema(), null, 2)}\n`);
  return EXIT.ok;
}

function readOrThrow(request: Parameters<typeof readSettings>[0]): SettingsRead {
  const read = readSettings(request);
  if (!read.ok) throw new SyncguardError('bad-config', sentenceOf(read.error), read.error.hint);
  complainOfProfiles(read.value);
  return read.value;
}

/** What settings do not know themselves: whether a daemon is like one that there is. */
function complainOfProfiles({ settings, origins }: SettingsRead): void {
  for (const id of Object.keys(settings.profiles)) {
    const found = findProfile(id, settings.profiles);
    if (found.ok) continue;
    const near = nearestWord(found.error.id, found.error.known);
    const where = origins[`daemon.${id}.like`];
    throw new SyncguardError(
      'bad-config',
      `${where === undefined ? '' : `${renderOrigin(where)}: `}${found.error.sentence}`,
      near === null ? 'syncguard profiles lists them' : `write like = "${near}"`,
    );
  }
}

function optionsOfRun(words: readonly string[]): Extract<Arguments, { kind: 'run' }>['options'] {
  const parsed = parseArguments(['run', ...(words[0] === 'run' ? words.slice(1) : words)]);
  if (parsed.ok && parsed.value.kind === 'run') return parsed.value.options;
  const [message, hint] = parsed.ok
    ? ['--help is no setting', 'syncguard config --help']
    : [parsed.error.message, parsed.error.hint];
  throw new SyncguardError('usage', `${message}.`, hint);
}

function complainOf(strays: ReturnType<typeof strayVariables>, terminal: Terminal): void {
  for (const { name, meant } of strays)
    terminal.complain(`syncguard: ${escapeForTerminal(name)} is no setting; did you mean ${meant}?\n`);
}
