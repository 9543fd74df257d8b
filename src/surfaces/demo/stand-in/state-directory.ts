// The daemon's own directory: pid file at once, sockets later, info.json when it is linked to an account.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StandInOptions } from './options.ts';

const PID_FILE = 'dropbox.pid';
export const SOCKETS = ['command_socket', 'iface_socket'] as const;

/** What a pid file holds that was written from inside another pid namespace. */
const WRONG_PID = 2;

export function occupyState({ state, root, mode, isLinked }: StandInOptions): void {
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, PID_FILE), String(mode.kind === 'wrongpid' ? WRONG_PID : process.pid));
  if (isLinked) linkAccount(state, root);
}

/** Says which folder is synced; `state` must be there. */
export function linkAccount(state: string, root: string): void {
  const info = { personal: { path: root, host: 1, is_team: false, subscription_type: 'Basic' } };
  writeFileSync(join(state, 'info.json'), JSON.stringify(info));
}

/** What a daemon that was asked to end takes with it; one that was killed leaves all of it behind. */
export function leaveState(state: string): void {
  for (const socket of SOCKETS) rmSync(join(state, socket), { force: true });
  if (readPidFile(state) === process.pid) rmSync(join(state, PID_FILE), { force: true });
}

/** null: there is none, or it holds no number. */
export function readPidFile(state: string): number | null {
  try {
    const pid = Number(readFileSync(join(state, PID_FILE), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
