// Settings that changed under a running guard: what is followed at once, and what waits until all is calm.
// Knows: which parts follow which setting. May not know: files, or who read them.
//
//   shares, walls of our own, answers to the gate, restart policy   at once: numbers that the next tick compares
//   lease, manifest                                                 when calm: a shell is started, a file is written

import type { Policy } from '../domain/policy.ts';
import type { LiveSettings } from '../formats/live-settings.ts';
import { renderDuration } from '../formats/quantity-text.ts';
import { startKeeping } from './arming.ts';
import type { GuardParts } from './guard-parts.ts';
import type { Stage } from './stage.ts';
import type { Started } from './start.ts';
import { leaseClause } from './start-line.ts';

export interface ReloadScene {
  readonly started: Started;
  readonly parts: GuardParts;
  readonly stage: Stage;
  readonly isCalm: () => boolean;
}

export interface Reloading {
  reload(settings: LiveSettings): void;
  close(): void;
}

/** Between looks whether it has become calm. */
const LOOK_MS = 1_000;

export function openReloading(scene: ReloadScene): Reloading {
  const { parts, stage, isCalm } = scene;
  let keptMs = stage.options.leaseMs;
  let timer: NodeJS.Timeout | null = null;
  let policy: Policy | null = null;
  let toldOf = '';
  let isBusy = false;
  let isClosed = false;
  const look = (): void => {
    timer = null;
    if (!isCalm() || isBusy) {
      timer = setTimeout(look, LOOK_MS);
      return;
    }
    const { leaseMs } = stage.options;
    const hasNewLease = leaseMs !== keptMs;
    keptMs = leaseMs;
    isBusy = true;
    void (hasNewLease ? keepLease(scene, () => isClosed) : Promise.resolve()).then(() => {
      isBusy = false;
      if (!isClosed && policy !== null) announceAgain(scene, policy);
    });
  };
  return {
    reload({ policy: asked, barriers, ...settings }) {
      const unwatched = parts.adopt({ policy: asked, barriers });
      policy = asked;
      stage.follow(settings);
      const missing = unwatched.join(', ');
      if (missing !== '' && missing !== toldOf)
        stage.say.say(
          `no wall is watched that the barrier of ${missing} could lower: from the next start on`,
        );
      toldOf = missing;
      timer ??= setTimeout(look, 0);
    },
    close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}

/** Another keeper with the new lease, beside the one there is until it has rehearsed. */
async function keepLease({ started, parts, stage }: ReloadScene, isOver: () => boolean): Promise<void> {
  const { will, grip } = parts;
  const before = will.keeper;
  if (before === null) return;
  const next = await startKeeping(grip, started, stage);
  if (!next.ok) stage.say.say(`the lease stays as it was: ${next.error}`);
  else if (isOver()) next.value.end();
  else {
    will.keeper = next.value;
    before.end();
    stage.say.say(`a pause now outlives a silent guard by ${renderDuration(stage.options.leaseMs)}`);
  }
}

function announceAgain({ parts: { sensors, will }, stage }: ReloadScene, policy: Policy): void {
  stage.watchpost.amend((manifest) => ({
    ...manifest,
    policy,
    lease: leaseClause(will.keeper, stage.options.leaseMs),
    walls: manifest.walls.map((wall, index) => ({ ...wall, wall: finite(sensors[index]?.wall) })),
  }));
}

const finite = (wall: number | undefined): number | null =>
  wall !== undefined && Number.isFinite(wall) ? wall : null;
