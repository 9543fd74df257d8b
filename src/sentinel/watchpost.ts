// What stays from round to round while daemons come and go: the directory the guard is found by, its ring, its companion.

import type { GuardOrder } from '../formats/control-message.ts';
import type { GuardManifest } from '../formats/guard-manifest.ts';
import { type ActionLine, openActionLine } from './action-line.ts';
import type { Announcer } from './announcement.ts';
import { type Chronicle, openChronicle } from './chronicle.ts';
import { type CompanionCall, openCompanionLink } from './companion-link.ts';
import { noRing, openRing, type Ring } from './ring.ts';
import { makeRuntimePlace, RING_FILE, type RuntimePlace } from './runtime-place.ts';
import type { ServiceNotice } from './service-notice.ts';

export interface Watchpost {
  readonly chronicle: Chronicle;
  /** null: no place could be made, so nobody finds this guard but by its pid. */
  readonly place: RuntimePlace | null;
  /** Who answers to `syncguard pause` and its kin just now. */
  orders: (order: GuardOrder) => void;
  announce(manifest: GuardManifest): void;
  /** Writes what was announced last once more, changed. */
  amend(change: (manifest: GuardManifest) => GuardManifest): void;
  /** Whether it can be found already. */
  readonly isAnnounced: boolean;
  /** Starts the companion unless it lives. */
  accompany(call: Omit<CompanionCall, 'onOrder'>): void;
  /** What was decided can still be asked for when this process has ended. */
  keepRecord(): void;
  /** Resolves when the companion has gone, which nobody has to wait for. */
  close(): Promise<void>;
}

export interface WatchpostRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly daemon: string;
  readonly isDryRun: boolean;
  readonly isQuiet: boolean;
  readonly notice: ServiceNotice;
  readonly say: Announcer;
}

/** A place that cannot be made is said once, and costs `status`, `why` and their kin; the guard guards without. */
export function openWatchpost(request: WatchpostRequest): Watchpost {
  const { environment, daemon, isDryRun, isQuiet, notice, say } = request;
  const made = makeRuntimePlace(environment);
  if (!made.ok) say.say(`no status, pause or why for this run: ${made.error}`);
  const place = made.ok ? made.value : null;
  const ring = ringIn(place, say);
  const line: ActionLine = openActionLine(daemon, { isQuiet, isDryRun });
  const chronicle = openChronicle({ ring, line, notice });
  let announced: GuardManifest | null = null;
  let isKept = false;
  const watchpost: Watchpost = {
    chronicle,
    place,
    orders: () => {},
    announce(manifest) {
      announced = manifest;
      place?.announce(manifest);
    },
    amend(change) {
      if (announced !== null) watchpost.announce(change(announced));
    },
    get isAnnounced() {
      return announced !== null;
    },
    accompany(call) {
      if (chronicle.link !== null) chronicle.link.revive();
      else chronicle.link = openCompanionLink({ ...call, onOrder: (order) => watchpost.orders(order) });
    },
    keepRecord() {
      isKept = true;
    },
    close() {
      const gone = chronicle.link?.end();
      ring.close();
      line.close();
      if (!isKept) place?.remove();
      return gone ?? Promise.resolve();
    },
  };
  return watchpost;
}

function ringIn(place: RuntimePlace | null, say: Announcer): Ring {
  if (place === null) return noRing();
  const opened = openRing(`${place.directory}/${RING_FILE}`);
  if (opened.ok) return opened.value;
  say.say(`no record of decisions for this run: ${place.directory}/${RING_FILE} (${opened.error})`);
  return noRing();
}
