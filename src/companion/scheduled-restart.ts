// One restart by the clock, once it is due: conditions, the hook before, the order, and the hook after.
// Knows: what keeps a restart from being done. May not know: clocks, pipes, how a daemon is restarted.
//
//   due -- no wall over `if`, or younger than `min_uptime` --> nothing
//       -- `before` fails ----------------------------------> said, it runs on, `after` with kept
//       -- ordered -- another start is seen ----------------> `after` with restarted
//                  \- none within its time (the gate refused) -> `after` with kept

import type { RestartSettings } from '../domain/settings.ts';
import { renderDuration } from '../formats/quantity-text.ts';
import { isConditionMet, renderRestartCondition, type WallAmounts } from '../formats/restart-condition.ts';
import type { HookCall } from './hook.ts';
import type { Level } from './journal.ts';

export interface RestartScene {
  /** The daemon, as people call it. */
  readonly daemon: string;
  readonly settings: RestartSettings;
  /** How long the daemon has run, ms; null: not known, or it does not run. */
  uptimeMs(): number | null;
  /** The last reading of each wall. */
  readWalls(): readonly WallAmounts[];
  restart(): void;
  /** Whether another start is seen within that time. */
  awaitStart(withinMs: number): Promise<boolean>;
  runHook(call: HookCall): Promise<string | null>;
  say(level: Level, text: string): void;
}

/** The gate's own time, a daemon's slow end and a second gate; whoever has not come back by then was refused. */
const START_WITHIN_MS = 900_000;

export async function restartByClock(scene: RestartScene): Promise<void> {
  const { settings, say, restart, awaitStart } = scene;
  const obstacle = obstacleOf(scene);
  if (obstacle !== null) {
    say('debug', `no restart: ${obstacle}`);
    return;
  }
  say('info', 'the scheduled restart is due');
  if (!(await runPart(scene, 'before'))) {
    say('warn', 'it is not restarted: the hook before it failed');
    await runPart(scene, 'after', 'kept');
    return;
  }
  // Before the order, or a start that follows at once would be missed.
  const isStarted = settings.after.length > 0 ? awaitStart(START_WITHIN_MS) : Promise.resolve(true);
  restart();
  await runPart(scene, 'after', (await isStarted) ? 'restarted' : 'kept');
}

/** null: nothing stands in its way. */
function obstacleOf({ settings, readWalls, uptimeMs }: RestartScene): string | null {
  const { condition, leastUptimeMs } = settings;
  if (condition !== null && !isConditionMet(condition, readWalls()))
    return `no wall has ${renderRestartCondition(condition)}`;
  const uptime = uptimeMs();
  if (leastUptimeMs > 0 && uptime !== null && uptime < leastUptimeMs)
    return `it was started less than ${renderDuration(leastUptimeMs)} ago`;
  return null;
}

/** false: it failed, which is said. */
async function runPart(
  { daemon, settings, runHook, say }: RestartScene,
  part: 'before' | 'after',
  outcome?: 'restarted' | 'kept',
): Promise<boolean> {
  const command = settings[part];
  if (command.length === 0) return true;
  const trouble = await runHook({
    command,
    timeoutMs: settings.hookTimeoutMs,
    environment: {
      SYNCGUARD_EVENT: `${part}-restart`,
      SYNCGUARD_DAEMON: daemon,
      ...(outcome === undefined ? {} : { SYNCGUARD_OUTCOME: outcome }),
    },
  });
  if (trouble !== null) say('error', `the hook ${part} a restart: ${trouble}`);
  return trouble === null;
}
