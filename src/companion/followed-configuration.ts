// The configuration as this companion follows it: read at the start, watched, passed on to the guard, kept as a timetable.
// Knows: who follows what. May not know: how any of it is done.

import type { Settings } from '../domain/settings.ts';
import type { CompanionRequest } from '../formats/companion-request.ts';
import { renderGuardOrder } from '../formats/control-message.ts';
import type { GuardManifest } from '../formats/guard-manifest.ts';
import { KINDS } from '../formats/guard-record.ts';
import { liveSettingsOf } from '../formats/live-settings.ts';
import { readSettings, settingsFiles, watchedPaths } from '../settings/settings-file.ts';
import { type Configuration, openConfiguration } from './configuration.ts';
import { watchConfiguration } from './configuration-watch.ts';
import { runHook } from './hook.ts';
import type { Level } from './journal.ts';
import type { GuardMemory } from './records.ts';
import { restartByClock } from './scheduled-restart.ts';
import { openTimetable } from './timetable.ts';

export interface FollowScene {
  readonly asked: CompanionRequest;
  readonly memory: GuardMemory;
  /** null: it cannot be read. */
  readManifest(): GuardManifest | null;
  order(line: string): boolean;
  say(level: Level, text: string): void;
}

/** A change that no watch told of is seen within this; a look is a handful of stats. */
const LOOK_MS = 15_000;

const STARTED = KINDS.indexOf('started');

export function followConfiguration({ asked, memory, readManifest, order, say }: FollowScene): Configuration {
  const { config: explicitFile, flags } = asked.source;
  const place = { explicitFile, env: process.env, flags };
  const timetable = openTimetable({
    say,
    onDue: (settings) =>
      restartByClock({
        daemon: asked.daemon,
        settings,
        uptimeMs: () => uptimeOf(readManifest()),
        readWalls: memory.readings,
        restart: () => void order(renderGuardOrder({ order: 'restart', clearHold: false })),
        awaitStart: (withinMs) => memory.awaitRecord(({ kind }) => kind === STARTED, withinMs),
        runHook,
        say,
      }),
  });
  const configuration = openConfiguration({
    read: () => readSettings(place),
    follow(settings: Settings) {
      order(renderGuardOrder({ order: 'reload', settings: liveSettingsOf(settings) }));
      timetable.keep(settings.restart);
    },
    say,
  });
  if (configuration.settings !== null) timetable.keep(configuration.settings.restart);
  void watchConfiguration({
    paths: watchedPaths(place),
    files: () => settingsFiles(place),
    onChange: () => void configuration.reload(),
    lookMs: LOOK_MS,
    say,
  });
  return configuration;
}

/** null: the guard's manifest cannot be read. */
function uptimeOf(manifest: GuardManifest | null): number | null {
  return manifest === null ? null : Date.now() - Date.parse(manifest.startedAt);
}
