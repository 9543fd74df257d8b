// What a person or the clock asks of the guard through the companion, and what the guard does about it.

import type { GuardOrder } from '../formats/control-message.ts';
import { monotonicMs } from '../kernel/clock.ts';
import type { Guard } from './guard.ts';
import type { OwnPause } from './own-pause.ts';
import type { Stage } from './stage.ts';

export interface OrderScene {
  readonly guard: Guard;
  readonly ownPause: OwnPause;
  readonly stage: Stage;
  /** false: somebody else started the daemon, and only they know how. */
  readonly mayRestart: boolean;
  readonly reload: (settings: Extract<GuardOrder, { order: 'reload' }>['settings']) => void;
}

/** Each order of a person or the clock is kept in the ring as a command, whatever becomes of it. */
export function obeyOrders(scene: OrderScene): (order: GuardOrder) => void {
  const { guard, ownPause, stage, mayRestart, reload } = scene;
  return (order) => {
    if (order.order !== 'hear' && order.order !== 'heard') stage.watchpost.chronicle.note('command', 0);
    switch (order.order) {
      case 'pause':
        guard.pause(order.forMs);
        break;
      case 'resume':
        guard.resume();
        break;
      case 'hear':
        ownPause.hear(order.forMs, monotonicMs());
        break;
      case 'heard':
        ownPause.settle(order.isPaused, monotonicMs());
        break;
      case 'stop':
        guard.stop('stop');
        break;
      case 'restart':
        if (mayRestart) void restart(guard, stage);
        else
          stage.say.insist(
            'it is not restarted: its guard has not started it',
            'syncguard stop, then start it anew',
          );
        break;
      case 'reload':
        reload(order.settings);
        break;
      case 'calm?':
        break;
    }
  };
}

/** The gate first: a running instance is not given up for one that would be refused. */
async function restart(guard: Guard, stage: Stage): Promise<void> {
  const { verdict, message } = await stage.ask();
  const mayStart = verdict === 'admit' || verdict === 'throttle' || stage.options.onRefuse === 'start';
  if (mayStart) guard.stop('restart');
  else stage.say.insist(`it is not restarted, and runs on: ${message}`, 'syncguard estimate');
}
