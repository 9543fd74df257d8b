// `syncguard demo`: the container of May 2012, played again on a stand-in daemon, for anybody, leaving nothing behind.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SyncguardError } from '../../domain/error.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { renderCount } from '../../formats/quantity-text.ts';
import { readInotify } from '../../kernel/inotify.ts';
import { DENTRY_BYTES } from '../demo/emulated-wall.ts';
import { type Narrator, renderCommand } from '../demo/narration.ts';
import { openStage, type Stage, type StageRequest } from '../demo/stage.ts';
import { playStory, type Story } from '../demo/story.ts';
import type { CommonOptions } from './common-options.ts';
import { EXIT } from './exit-code.ts';
import { interruptions } from './interruption.ts';
import { renderJson } from './json-text.ts';
import { fold, paintFor, type Terminal } from './terminal.ts';

export interface DemoOptions extends CommonOptions {
  readonly keep?: boolean;
}

/** confstr(_CS_PATH) of glibc. */
const DEFAULT_PATH = '/bin:/usr/bin';

/** 0 when it went as told, 1 when not, 128 + n after a signal. */
export async function runDemo(options: DemoOptions, terminal: Terminal): Promise<number> {
  checkWatches();
  const isKept = options.keep === true;
  const stage = openStage({ ...installed(), path: terminal.environment['PATH'] ?? DEFAULT_PATH, isKept });
  const interruption = interruptions();
  const narrator = narratorFor(options, terminal);
  try {
    introduce(stage, narrator);
    const story = await playStory(stage, narrator, interruption.signal);
    if (options.json === true) terminal.print(renderJson(jsonOf(story, stage, isKept)));
    return story.isAsTold ? EXIT.ok : EXIT.warned;
  } catch (error) {
    if (interruption.status !== null) return interruption.status;
    throw error;
  } finally {
    await stage.close();
    interruption.end();
    if (isKept) narrator.say(`Kept: ${stage.directory}`);
  }
}

/** The built program lies in dist/ or, split off, in dist/chunks/. */
function installed(): Pick<StageRequest, 'launcher' | 'standIn'> {
  const directory = [import.meta.dirname, join(import.meta.dirname, '..')].find((place) =>
    existsSync(join(place, 'stand-in.cjs')),
  );
  if (directory !== undefined)
    return { launcher: join(directory, '../bin/syncguard'), standIn: join(directory, 'stand-in.cjs') };
  throw new SyncguardError('io', 'The stand-in daemon is not beside this program.', 'npm run build');
}

/** 6 600 folders at most, with some to spare. */
const NEEDED_WATCHES = 8_000;

function checkWatches(): void {
  const uid = process.getuid?.() ?? 0;
  const row = readInotify('', uid).resources.find(({ name }) => name === 'inotify_watches');
  if (row?.limit == null) return;
  const left = Number(row.limit) - Number(row.held);
  if (left >= NEEDED_WATCHES) return;
  throw new SyncguardError(
    'denied',
    `demo takes up to ${renderCount(NEEDED_WATCHES)} inotify watches, and uid ${uid} has ${renderCount(left)} left.`,
    'sudo sysctl fs.inotify.max_user_watches=65536',
  );
}

function narratorFor(options: DemoOptions, terminal: Terminal): Narrator {
  const paint = paintFor(terminal, options.color);
  const isSilent = options.json === true || options.quiet === true;
  const print = isSilent ? () => {} : terminal.print;
  return {
    title: (text) => print(`\n${paint('strong', text)}\n`),
    say: (text) => print(`${fold('  ', escapeForTerminal(text), terminal.columns)}\n`),
    quote: (line) => print(`${paint('faint', `  | ${escapeForTerminal(line)}`)}\n`),
    command: (words) => print(`  $ ${escapeForTerminal(renderCommand(words))}\n`),
  };
}

function introduce(stage: Stage, narrator: Narrator): void {
  narrator.title('The container of May 2012, played again');
  narrator.say(`in ${stage.directory}`);
  narrator.say('real: syncguard, a stand-in that watches folders as Dropbox does, and its inotify watches.');
  narrator.say(
    `emulated: the wall, a file laid out as /proc/user_beancounters. To what was recorded in 2012 it adds ${DENTRY_BYTES} bytes of dcachesize for each watch and each open file that this kernel counts for the daemon.`,
  );
}

const jsonOf = (story: Story, stage: Stage, isKept: boolean): object => ({
  schema: 'syncguard/demo/1',
  isWallEmulated: true,
  directory: isKept ? stage.directory : null,
  ...story,
});
