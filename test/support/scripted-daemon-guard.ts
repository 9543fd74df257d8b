// A guard that does one thing: it freezes the daemon it is told of, and tells its keeper its last will until it is killed.
import { openGrip } from '../../src/actuators/grip-choice.ts';
import type { Home } from '../../src/actuators/home.ts';
import { startKeeper } from '../../src/sentinel/keeper.ts';
import type { KeeperHold } from '../../src/sentinel/keeper-script.ts';

export interface GuardOrder {
  readonly home: Home;
  readonly cookie: string | null;
  readonly hold: KeeperHold;
  readonly leaseMs: number;
  readonly will: 'C' | 'K';
  readonly path: string;
  readonly shelves: readonly string[];
}

/** Far shorter than any lease of the tests. */
const TELL_MS = 50;

const order: GuardOrder = JSON.parse(process.argv[2] ?? '');
const grip = openGrip({ home: order.home, traits: { sessionId: null, cookie: order.cookie } });
const started = await startKeeper(order);
if (!started.ok) throw new Error(started.error);
const keeper = started.value;
grip.survey();
grip.freeze();
while (!grip.isFrozen()) await new Promise((resolve) => setTimeout(resolve, 1));
keeper.setMembers(grip.members());
keeper.tell(order.will);
process.stdout.write(
  `holds by ${grip.kind}, keeper ${keeper.kind} ${keeper.pid} ${keeper.isShelved ? 'shelved' : 'in place'}\n`,
);
const timer = setInterval(() => keeper.tell(order.will), TELL_MS);
process.on('SIGTERM', () => {
  clearInterval(timer);
  keeper.end();
});
