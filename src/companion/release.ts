// A Syncthing whose folders were paused, by a cheap start or at a wall, is released as far as the walls allow: devices, then folders, cheapest first.
// Knows: the order, what the gate says of each next folder, and who had paused what.
// May not know: how a tree is counted or a wall read; that is the gate's, a child of its own.
//
//   config.xml --> folders the user had not paused --cost of each by the gate--> cheapest first
//        each: gate(released + this one) --admit--> unpause --> wait until idle --> next
//                                        --refuse-> it and the rest stay paused, and that is said

import type { SyncthingApi } from '../actuators/syncthing-api.ts';
import type { GateRecord } from '../formats/gate-record.ts';
import type { SyncthingControl } from '../profiles/syncthing-control.ts';
import type { Level } from './journal.ts';

export interface ReleaseScene {
  readonly control: SyncthingControl;
  readonly api: Pick<SyncthingApi, 'ping' | 'unpause' | 'readFolderState'>;
  /** The gate on these trees together. */
  ask(trees: readonly string[]): Promise<GateRecord>;
  readonly onUnknown: 'start' | 'refuse';
  /** What an earlier run had left paused: config.xml cannot tell that from the user's own pauses any more. */
  readHeldBack(): readonly string[];
  writeHeldBack(folderIds: readonly string[]): void;
  /** false: the guard has paused or is ending the daemon. */
  isCalm(): boolean;
  say(level: Level, text: string): void;
  pause(ms: number): Promise<void>;
}

type Folder = SyncthingControl['folders'][number];

/** What became of it: ids of the folders released and of those that stay paused, and why these do; null: none does. */
export interface Released {
  readonly released: readonly string[];
  readonly heldBack: readonly string[];
  readonly obstacle: string | null;
}

const LOOK_MS = 500;
/** A folder is `idle` for a moment before its first scan begins, and between scanning and syncing. */
const SETTLED_LOOKS = 3;
/** Syncthing on an index of 50 000 files answers after 2 s; one that converts its database takes minutes. */
const API_WITHIN_MS = 10 * 60_000;
/** A first scan hashes some 50 MB a second: a folder that needs longer has shown what it costs. */
const IDLE_WITHIN_MS = 30 * 60_000;

export async function releaseFolders(scene: ReleaseScene): Promise<Released> {
  const { control, api, say } = scene;
  const before = scene.readHeldBack();
  const wanted = control.folders.filter(({ id, paused }) => !paused || before.includes(id));
  if (wanted.length === 0) say('warn', `every folder is paused in ${control.configPath}: none is released`);
  // Written before anything is changed: the first change makes Syncthing write its pauses down as if they were the user's.
  scene.writeHeldBack(wanted.map(({ id }) => id));
  if (!(await comesTrue(scene, API_WITHIN_MS, api.ping))) {
    say('error', `Syncthing does not answer on ${control.api.address}: every folder stays paused`);
    return { released: [], heldBack: wanted.map(({ id }) => id), obstacle: 'Syncthing does not answer' };
  }
  for (const { id } of control.devices.filter(({ paused }) => !paused)) await unpauseDevice(scene, id);
  return releaseInOrder(scene, await cheapestFirst(scene, wanted));
}

async function unpauseDevice({ api, say }: ReleaseScene, id: string): Promise<void> {
  const done = await api.unpause('devices', id);
  if (!done.ok) say('error', `Syncthing's device ${id.slice(0, 7)} could not be unpaused: ${done.error}`);
}

/** What each would cost alone; one whose cost is not known comes last. */
async function cheapestFirst(scene: ReleaseScene, folders: readonly Folder[]): Promise<Folder[]> {
  const costs = new Map<string, number>();
  for (const { id, path } of folders) {
    const { terms } = await scene.ask([path]);
    costs.set(id, terms === null ? Number.POSITIVE_INFINITY : terms.unpinnedTouchedBytes + terms.pinnedBytes);
  }
  const costOf = ({ id }: Folder): number => costs.get(id) ?? Number.POSITIVE_INFINITY;
  return [...folders].sort((a, b) => (costOf(a) < costOf(b) ? -1 : Number(costOf(a) > costOf(b))));
}

async function releaseInOrder(scene: ReleaseScene, folders: readonly Folder[]): Promise<Released> {
  const released: Folder[] = [];
  let obstacle: string | null = null;
  for (const folder of folders) {
    obstacle = await releaseOne(scene, released, folder);
    if (obstacle !== null) break;
    released.push(folder);
    scene.writeHeldBack(idsOf(folders.slice(released.length)));
    scene.say('info', `Syncthing's folder ${folder.label} was released`);
  }
  const heldBack = folders.slice(released.length);
  if (heldBack.length > 0) scene.say('warn', `${renderHeldBack(heldBack)}: ${obstacle}`);
  return { released: idsOf(released), heldBack: idsOf(heldBack), obstacle };
}

const idsOf = (folders: readonly Folder[]): string[] => folders.map(({ id }) => id);

const renderHeldBack = (folders: readonly Folder[]): string => {
  const labels = folders.map(({ label }) => label).join(', ');
  return `Syncthing's ${folders.length === 1 ? 'folder' : 'folders'} ${labels} ${folders.length === 1 ? 'stays' : 'stay'} paused`;
};

/** null: it runs, and has settled; else why it and those behind it stay as they are. */
async function releaseOne(
  scene: ReleaseScene,
  released: readonly Folder[],
  folder: Folder,
): Promise<string | null> {
  // All together: the gate takes what the running daemon holds off the walls and projects the whole of it.
  const record = await scene.ask([...released, folder].map(({ path }) => path));
  if (!mayRelease(record, scene.onUnknown)) return record.message;
  if (!scene.isCalm()) return 'the guard had to act meanwhile';
  const done = await scene.api.unpause('folders', folder.id);
  if (!done.ok) return `${folder.label} could not be unpaused: ${done.error}`;
  let settledLooks = 0;
  await comesTrue(scene, IDLE_WITHIN_MS, async () => {
    settledLooks = isSettled(await scene.api.readFolderState(folder.id)) ? settledLooks + 1 : 0;
    return settledLooks === SETTLED_LOOKS;
  });
  return null;
}

const mayRelease = ({ verdict }: GateRecord, onUnknown: 'start' | 'refuse'): boolean =>
  verdict === 'admit' || verdict === 'throttle' || (verdict === 'unknown' && onUnknown === 'start');

/** `error` (a missing marker, say) will not change by waiting; '' is a folder that has not begun. */
const isSettled = (state: string | null): boolean => state === 'idle' || state === 'error';

async function comesTrue(
  { pause }: ReleaseScene,
  withinMs: number,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += LOOK_MS) {
    if (await holds()) return true;
    await pause(LOOK_MS);
  }
  return false;
}
