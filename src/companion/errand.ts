// A companion for one errand: the guard has no daemon and so no companion, and somebody is to be told of that. It takes what
// lies there, tries each sink once, and ends; what could not be delivered waits for the next companion.

import { setTimeout as pause } from 'node:timers/promises';
import type { CompanionRequest } from '../formats/companion-request.ts';
import { readSettings } from '../settings/settings-file.ts';
import { Post } from './alerts/post.ts';
import type { Level } from './journal.ts';

/** A companion that delivers looks once a second: after two it has taken this errand over. */
const LOOKS = 10;
const LOOK_MS = 200;

export async function runErrand(
  { alerts: directory, source: { config, flags } }: CompanionRequest,
  say: (level: Level, text: string) => void,
): Promise<void> {
  const read = readSettings({ explicitFile: config, env: process.env, flags });
  if (!read.ok) return;
  const post = new Post({ directory, readSettings: () => read.value.settings.alerts, say });
  for (let look = 0; look < LOOKS && !post.look(); look += 1) await pause(LOOK_MS);
  await post.settled();
  post.close();
}
