// From the sentinel's request to a release: the daemon's API, the gate as a child, and what was left paused before.

import { join } from 'node:path';
import { askGate } from '../actuators/gate-client.ts';
import { syncthingApi } from '../actuators/syncthing-api.ts';
import type { Release } from '../formats/companion-request.ts';
import type { GateRecord } from '../formats/gate-record.ts';
import type { HeldBack } from '../formats/guard-status.ts';
import { readSyncthingControl } from '../profiles/syncthing-control.ts';
import { stateDirectory } from '../settings/places.ts';
import { readHeldBack, writeHeldBack } from './held-back.ts';
import type { Level } from './journal.ts';
import { releaseFolders } from './release.ts';

export interface DegradedStart {
  readonly release: Release;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where gate.cjs lies. */
  readonly programDirectory: string;
  isCalm(): boolean;
  say(level: Level, text: string): void;
}

/** Resolves when everything that fits is released, with what does not, null: nothing; trouble is said, never thrown. */
export async function releaseDegraded({
  release,
  environment,
  home,
  ...scene
}: DegradedStart): Promise<HeldBack | null> {
  const { say, isCalm, programDirectory } = scene;
  const control = readSyncthingControl({ home, env: environment, argv: release.gate.command });
  if (!control.ok) {
    say('error', `every folder stays paused: ${control.error}`);
    return { folders: [], reason: control.error };
  }
  const { configPath, folders } = control.value;
  const state = stateDirectory({ environment, home, isRoot: process.getuid?.() === 0 });
  const { heldBack, obstacle } = await releaseFolders({
    control: control.value,
    api: syncthingApi(control.value.api),
    ask: (trees) => ask(trees, release, { programDirectory, environment }),
    onUnknown: release.onUnknown,
    readHeldBack: () => readHeldBack(state, configPath),
    writeHeldBack: (ids) => {
      const written = writeHeldBack(state, configPath, ids);
      if (!written.ok)
        say('error', `which folders were left paused could not be kept in ${state} (${written.error})`);
    },
    isCalm,
    say,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  const labels = folders.filter(({ id }) => heldBack.includes(id)).map(({ label }) => label);
  return obstacle === null ? null : { folders: labels, reason: obstacle };
}

type GatePlace = Pick<DegradedStart, 'programDirectory' | 'environment'>;

function ask(
  trees: readonly string[],
  { gate, gateTimeoutMs }: Release,
  { programDirectory, environment }: GatePlace,
): Promise<GateRecord> {
  const set = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return askGate({
    program: join(programDirectory, 'gate.cjs'),
    request: { ...gate, trees, daemon: gate.daemon ?? 'syncthing' },
    timeoutMs: gateTimeoutMs,
    environment: { ...Object.fromEntries(set), UV_THREADPOOL_SIZE: '16' },
  }).record;
}
