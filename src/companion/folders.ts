// The folders of a running Syncthing: asked to pause, and released again as far as the gate allows.
// Knows: where its API, the gate and the list of what we had paused are. May not know: when, or why.

import { join } from 'node:path';
import { askGate } from '../actuators/gate-client.ts';
import { syncthingApi } from '../actuators/syncthing-api.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { FolderRelease } from '../formats/companion-request.ts';
import type { GateRecord } from '../formats/gate-record.ts';
import type { HeldBack } from '../formats/guard-status.ts';
import { readSyncthingControl, type SyncthingControl } from '../profiles/syncthing-control.ts';
import { stateDirectory } from '../settings/places.ts';
import { readHeldBack, writeHeldBack } from './held-back.ts';
import type { Level } from './journal.ts';
import { releaseFolders } from './release.ts';

export interface FoldersScene {
  readonly asked: FolderRelease;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where gate.cjs lies. */
  readonly programDirectory: string;
  /** false: the guard has paused or is ending the daemon. */
  isCalm(): boolean;
  say(level: Level, text: string): void;
}

/** A folder that runs, and how it is asked to pause. */
export interface RunningFolder {
  readonly id: string;
  readonly label: string;
  pause(): Promise<Result<null, string>>;
}

export interface Folders {
  /** Labels of those that an earlier guard or companion had paused and not released. */
  readLeftPaused(): readonly string[];
  readRunning(): Result<readonly RunningFolder[], string>;
  /** Keeps on disk that these are paused by us; said where it cannot be kept, and then they must not be paused. */
  keepPaused(folders: readonly RunningFolder[]): boolean;
  /** Resolves when everything that fits is released, with what does not, null: nothing; trouble is said, never thrown. */
  release(): Promise<HeldBack | null>;
}

export function foldersOf(scene: FoldersScene): Folders {
  const { environment, home, say } = scene;
  const state = stateDirectory({ environment, home, isRoot: process.getuid?.() === 0 });
  const readControl = (): Result<SyncthingControl, string> =>
    readSyncthingControl({ home, env: environment, argv: scene.asked.gate.command });
  const keep = (configPath: string, ids: readonly string[]): boolean => {
    const written = writeHeldBack(state, configPath, ids);
    if (!written.ok)
      say('error', `which folders were left paused could not be kept in ${state} (${written.error})`);
    return written.ok;
  };
  return {
    readLeftPaused() {
      const control = readControl();
      if (!control.ok) return [];
      const ids = readHeldBack(state, control.value.configPath);
      return control.value.folders.filter(({ id }) => ids.includes(id)).map(({ label }) => label);
    },
    readRunning() {
      const control = readControl();
      if (!control.ok) return failure(control.error);
      const { pauseFolder } = syncthingApi(control.value.api);
      const running = control.value.folders.filter(({ paused }) => !paused);
      return success(running.map(({ id, label }) => ({ id, label, pause: () => pauseFolder(id) })));
    },
    keepPaused(folders) {
      const control = readControl();
      if (!control.ok) return false;
      const { configPath } = control.value;
      const ids = [...readHeldBack(state, configPath), ...folders.map(({ id }) => id)];
      return keep(configPath, [...new Set(ids)]);
    },
    async release() {
      const control = readControl();
      if (!control.ok) {
        say('error', `every folder stays paused: ${control.error}`);
        return { folders: [], reason: control.error };
      }
      return await releaseAll(control.value, { scene, state, keep });
    },
  };
}

interface ReleasePlace {
  readonly scene: FoldersScene;
  readonly state: string;
  keep(configPath: string, ids: readonly string[]): boolean;
}

async function releaseAll(
  control: SyncthingControl,
  { scene, state, keep }: ReleasePlace,
): Promise<HeldBack | null> {
  const { asked, isCalm, say } = scene;
  const { configPath, folders } = control;
  const { heldBack, obstacle } = await releaseFolders({
    control,
    api: syncthingApi(control.api),
    ask: (trees) => ask(trees, scene),
    onUnknown: asked.onUnknown,
    readHeldBack: () => readHeldBack(state, configPath),
    writeHeldBack: (ids) => void keep(configPath, ids),
    isCalm,
    say,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  const labels = folders.filter(({ id }) => heldBack.includes(id)).map(({ label }) => label);
  return obstacle === null ? null : { folders: labels, reason: obstacle };
}

function ask(
  trees: readonly string[],
  { asked: { gate, gateTimeoutMs }, programDirectory, environment }: FoldersScene,
): Promise<GateRecord> {
  const set = Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return askGate({
    program: join(programDirectory, 'gate.cjs'),
    request: { ...gate, trees, daemon: gate.daemon ?? 'syncthing' },
    timeoutMs: gateTimeoutMs,
    environment: Object.fromEntries(set),
  }).record;
}
