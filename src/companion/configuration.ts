// The configuration beside a running guard: read again when it changed, followed if it is good, kept as it was if not.
// Knows: what was read last, what is said of a change, once. May not know: who noticed it, or how the guard follows.

import type { Result } from '../domain/result.ts';
import type { Settings } from '../domain/settings.ts';
import type { Reloaded } from '../formats/control-message.ts';
import type { ConfigurationStanding } from '../formats/guard-status.ts';
import { changesBetween, renderChange } from '../settings/settings-changes.ts';
import type { SettingsRead, SettingsTrouble } from '../settings/settings-file.ts';
import type { Level } from './journal.ts';

export interface ConfigurationScene {
  read(): Result<SettingsRead, SettingsTrouble>;
  /** The guard and the timetable shall go by these. */
  follow(settings: Settings): void;
  say(level: Level, text: string): void;
}

export interface Configuration {
  /** In force; null: none could be read since this process began. */
  readonly settings: Settings | null;
  standing(): ConfigurationStanding;
  /** What has changed; an error value leaves everything as it was. */
  reload(): Result<Reloaded, SettingsTrouble>;
  /** The daemon has been started: the gate has read everything anew. */
  noteStart(): void;
}

/** Reads once; what is wrong even then is said, and the guard goes by what its gate has read. */
export function openConfiguration({ read, follow, say }: ConfigurationScene): Configuration {
  let inForce: SettingsRead | null = null;
  let trouble: SettingsTrouble | null = null;
  const waiting = new Map<string, string>();
  const refuse = (found: SettingsTrouble): void => {
    // One mistake is one line, however often the file is touched.
    if (trouble?.reason !== found.reason)
      say('error', `${found.reason} (the configuration from before is kept; ${found.hint})`);
    trouble = found;
  };
  const take = (next: SettingsRead): Reloaded => {
    const changes = inForce === null ? [] : changesBetween(inForce.table, next.table);
    const live = changes.filter(({ isLive }) => isLive).map(renderChange);
    const later = changes.filter(({ isLive }) => !isLive);
    for (const change of later) waiting.set(change.name, renderChange(change));
    if (trouble !== null) say('info', 'the configuration is good again');
    trouble = null;
    inForce = next;
    return { atOnce: live, nextStart: later.map(renderChange) };
  };
  const first = read();
  if (first.ok) take(first.value);
  else refuse(first.error);
  return {
    get settings() {
      return inForce?.settings ?? null;
    },
    standing: () => ({ trouble: trouble?.reason ?? null, waiting: [...waiting.values()] }),
    reload() {
      const next = read();
      if (!next.ok) {
        refuse(next.error);
        return next;
      }
      const reloaded = take(next.value);
      follow(next.value.settings);
      if (reloaded.atOnce.length + reloaded.nextStart.length > 0) say('info', sentenceOf(reloaded));
      return { ok: true, value: reloaded };
    },
    noteStart: () => waiting.clear(),
  };
}

function sentenceOf({ atOnce, nextStart }: Reloaded): string {
  const parts = [
    atOnce.length === 0 ? [] : [`now ${atOnce.join(', ')}`],
    nextStart.length === 0 ? [] : [`from the daemon's next start ${nextStart.join(', ')}`],
  ];
  return `the configuration was read again: ${parts.flat().join('; ')}`;
}
