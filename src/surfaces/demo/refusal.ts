// Act one: the daemon, its tree, and the barrier of 2012. It is not to be started.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Narrator, renderEnding, renderSeconds } from './narration.ts';
import { type Ending, endingOf } from './players.ts';
import { recordedTable, renderTable } from './recorded-table.ts';
import { SETTINGS_FILE, type Stage } from './stage.ts';

export interface Refusal extends Ending {
  readonly lines: readonly string[];
  readonly durationMs: number;
  /** The daemon left a trace of itself. */
  readonly wasStarted: boolean;
}

/** What `run` ends with where the gate refuses (EX_TEMPFAIL). */
const REFUSED_STATUS = 75;

export const isAsTold = ({ status, wasStarted }: Refusal): boolean =>
  status === REFUSED_STATUS && !wasStarted;

export async function playRefusal(stage: Stage, narrator: Narrator, signal: AbortSignal): Promise<Refusal> {
  const table = stage.tableOf('container of 2012');
  writeFileSync(table, renderTable(recordedTable()));
  narrator.command(RUN_WORDS);
  const playing = stage.play(RUN_WORDS, table, narrator.quote);
  const ending = await endingOf(playing, signal);
  const durationMs = performance.now() - playing.startedAtMs;
  const wasStarted = existsSync(join(stage.state, 'dropbox.pid'));
  narrator.say(
    `${renderEnding(ending)} after ${renderSeconds(durationMs)}; the daemon ${wasStarted ? 'was started' : 'was not started'}.`,
  );
  return { ...ending, lines: playing.lines, durationMs, wasStarted };
}

/** As a user types it: the daemon is found in PATH, its folder in its own info.json. */
export const RUN_WORDS: readonly string[] = ['run', '--config', SETTINGS_FILE, 'dropboxd'];
