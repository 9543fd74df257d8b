// What learn is asked: each option looked at before anything is started, so that no measurement is lost for a mistyped word.

import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readForeignFile } from '../../actuators/foreign-file.ts';
import { SyncguardError } from '../../domain/error.ts';
import { quoteForShell } from '../../formats/name-text.ts';
import { parseDuration } from '../../formats/quantity-text.ts';
import { PROFILES } from '../../profiles/index.ts';
import { findCommand } from '../../sentinel/command-path.ts';
import type { CommonOptions } from './common-options.ts';
import type { Terminal } from './terminal.ts';

export interface LearnOptions extends CommonOptions {
  readonly daemon?: string;
  readonly tree: readonly string[];
  readonly name?: string;
  readonly output?: string;
  readonly force?: boolean;
  readonly for: string;
}

const usage = (sentence: string, hint: string): never => {
  throw new SyncguardError('usage', sentence, hint);
};

export function checkLearning(words: readonly string[], options: LearnOptions): void {
  if (options.sysroot !== undefined)
    usage('--sysroot is a recorded machine: nothing runs there.', 'leave it out to learn here');
  checkTrees(words, options.tree);
  checkOutput(options);
  checkName(options);
}

/** null: until it has settled. */
export function parseFor(text: string): number | null {
  if (text === 'settled') return null;
  const parsed = parseDuration(text);
  if (parsed.ok && parsed.value > 0) return parsed.value;
  return usage(
    `--for ${text}: ${parsed.ok ? 'nothing is seen in no time' : parsed.error}.`,
    'write it as in --for 2min, or leave it out: until the daemon has settled',
  );
}

function checkTrees(words: readonly string[], trees: readonly string[]): void {
  if (trees.length > 1 && !words.some((word) => word.includes('{tree}')))
    usage(
      `--tree is given ${trees.length} times, and COMMAND does not say where the tree of each run stands.`,
      'write {tree} there, as in: syncguard learn --tree small --tree large -- rclone sync {tree} /target',
    );
  if (trees.length === 0 && words.some((word) => word.includes('{tree}')))
    usage('COMMAND says {tree}, and no --tree says which.', 'syncguard learn --tree DIR -- COMMAND');
  const again = trees.find((tree, index) =>
    trees.some((other, at) => at > index && resolve(other) === resolve(tree)),
  );
  if (again !== undefined)
    usage(
      `--tree ${again} is given twice: two runs on one size tell no more than one.`,
      'name a tree of another size',
    );
}

/** Before anything is run: a measurement is not to be lost for the want of a folder. */
function checkOutput({ output, force }: LearnOptions): void {
  if (output === undefined) {
    if (force === true) usage('--force goes with -o only.', 'syncguard learn -o FILE --force -- COMMAND');
    return;
  }
  const found = readForeignFile(resolve(output));
  if (!found.ok) throw new SyncguardError('io', `${found.error}.`, 'name another file with -o');
  if (found.value.bytes !== null && force !== true)
    throw new SyncguardError('io', `${output} exists.`, 'name another file, or add --force to replace it');
  if (!isFolder(dirname(resolve(output))))
    throw new SyncguardError(
      'io',
      `There is no folder ${dirname(resolve(output))}.`,
      `mkdir -p ${quoteForShell(dirname(resolve(output)))}`,
    );
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** As its shell would find it; refused before anything is measured. */
export function commandOf(
  words: readonly string[],
  { daemon }: LearnOptions,
  terminal: Terminal,
): readonly string[] {
  const [command = '', ...rest] = words;
  const found = findCommand({ command, path: terminal.environment['PATH'] ?? null, installPaths: [] });
  if (found.ok) return [found.value.word, ...rest];
  throw new SyncguardError(
    'no-daemon',
    `${found.error.message}.`,
    daemon === undefined ? 'name the program of the daemon' : `syncguard profiles ${daemon}`,
  );
}

/** A bare key of TOML. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;

function checkName({ name, daemon }: LearnOptions): void {
  if (name === undefined || name === daemon) return;
  if (!NAME.test(name))
    usage(`--name ${name} is no name: letters, digits, - and _ make one.`, 'write it as in --name my-daemon');
  if (PROFILES.some(({ id }) => id === name))
    usage(`--name ${name} is a built-in profile.`, `leave out --name and say --daemon ${name} to change it`);
}
