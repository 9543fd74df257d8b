// What a person or the clock asks of the guard through the companion, and what the guard does about it.

import type { GuardOrder } from '../formats/control-message.ts';
import type { Guard } from './guard.ts';
import type { GuardParts } from './guard-parts.ts';
import type { Stage } from './stage.ts';

/** Each order is kept in the ring as a command, whatever becomes of it. */
export function obeyOrders(guard: Guard, parts: GuardParts, stage: Stage): (order: GuardOrder) => void {
  return (order) => {
    stage.watchpost.chronicle.note('command', 0);
    switch (order.order) {
      case 'pause':
        guard.pause(order.forMs);
        break;
      case 'resume':
        guard.resume();
        break;
      case 'stop':
        guard.stop('stop');
        break;
      case 'restart':
        void restart(guard, stage);
        break;
      case 'reload':
        void reload(parts, stage);
        break;
      case 'calm?':
        break;
    }
  };
}

/** The gate first: a running instance is not given up for one that would be refused. */
async function restart(guard: Guard, { ask, say, options }: Stage): Promise<void> {
  const { verdict, message } = await ask();
  const mayStart = verdict === 'admit' || verdict === 'throttle' || options.onRefuse === 'start';
  if (mayStart) guard.stop('restart');
  else say.insist(`it is not restarted, and runs on: ${message}`, 'syncguard estimate');
}

/** Policy and walls as the configuration says now; a configuration with an error changes nothing. */
async function reload(parts: GuardParts, { ask, say }: Stage): Promise<void> {
  const { terms, message, hint } = await ask();
  if (terms !== null) parts.setTerms(terms);
  else say.insist(`nothing was reloaded: ${message}`, hint);
}
