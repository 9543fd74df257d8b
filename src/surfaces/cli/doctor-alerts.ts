// The doctor's look at alerts: whom they reach, and what waits because somebody could not be reached.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readLedger } from '../../companion/alerts/ledger.ts';
import { sinksOf } from '../../companion/alerts/sinks.ts';
import { SyncguardError } from '../../domain/error.ts';
import type { AlertSettings } from '../../domain/settings.ts';
import { readSlips } from '../../kernel/slip-box.ts';
import { IN_TRAY, stateDirectory } from '../../settings/places.ts';
import { type CommonOptions, settingsOf } from './common-options.ts';
import { type Check, good } from './doctor-check.ts';
import type { Terminal } from './terminal.ts';

/** None where the settings cannot be read: that is another check's to say. */
export function alertChecks(options: CommonOptions, terminal: Terminal): Check[] {
  const alerts = alertsOf(options, terminal);
  if (alerts === null) return [];
  const { environment, home } = terminal;
  const state = stateDirectory({ environment, home, isRoot: process.getuid?.() === 0 });
  const sinks = sinksOf(alerts, state);
  if (sinks.length === 0) return [good('alerts', 'nobody is told: no sink is configured')];
  const seen = sinks.map(({ name, where }) => `${name} (${where})`).join(', ');
  const waiting = directoriesIn(join(state, 'alerts')).flatMap(troublesIn);
  if (waiting.length === 0) return [good('alerts', seen)];
  return [
    {
      name: 'alerts',
      status: 'warn',
      seen: `${seen}; ${waiting.join('; ')}`,
      meaning: 'what waits is told when a guard of that daemon can reach them',
      command: 'syncguard alerts test',
    },
  ];
}

function alertsOf(options: CommonOptions, terminal: Terminal): AlertSettings | null {
  try {
    return settingsOf(options, terminal).alerts;
  } catch (error) {
    if (error instanceof SyncguardError) return null;
    throw error;
  }
}

/** Of one guard: what waits for whom, and why. */
function troublesIn(directory: string): string[] {
  const { sinks } = readLedger(directory);
  const away = Object.entries(sinks).flatMap(([name, { failureCount, reason }]) =>
    failureCount === 0
      ? []
      : [`${readSlips(join(directory, name)).length} wait for ${name}, which failed: ${reason}`],
  );
  const untaken = readSlips(join(directory, IN_TRAY)).length;
  return untaken === 0 ? away : [...away, `${untaken} not yet taken up`];
}

function directoriesIn(parent: string): string[] {
  try {
    return readdirSync(parent).map((name) => join(parent, name));
  } catch {
    return [];
  }
}
