// The commands that speak with a running guard, and those that play one: status, why, orders, replay, demo.

import { type Choose, type Command, common, optionsOf } from './command-tree.ts';
import type { OrderName } from './order-command.ts';

const GUARD_ARGUMENT = '[guard]';
const GUARD_HELP = "the daemon's name, its profile, its pid or its guard's; none: the only one";

export function addStatus(program: Command, choose: Choose): void {
  const status = program
    .command('status')
    .description('what every running guard sees and does; exit 0 running or paused, 3 not running, 4 unknown')
    .argument(GUARD_ARGUMENT, GUARD_HELP);
  common(status).action((guard: string | undefined, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./status-command.ts')).runStatus(guard, optionsOf(command), terminal),
    ),
  );
}

export function addWhy(program: Command, choose: Choose): void {
  const why = program
    .command('why')
    .description("a guard's last decisions: inputs, rule, act, and what would change them")
    .argument(GUARD_ARGUMENT, GUARD_HELP)
    .option('--last <n>', 'how many', '10');
  common(why).action((guard: string | undefined, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./why-command.ts')).runWhy(guard, optionsOf(command), terminal),
    ),
  );
}

export function addOrders(program: Command, choose: Choose): void {
  const add = (name: OrderName, description: string): Command => {
    const order = program.command(name).description(description).argument(GUARD_ARGUMENT, GUARD_HELP);
    return common(order).action((guard: string | undefined, _, command: Command) =>
      choose(async (terminal) =>
        (await import('./order-command.ts')).runOrder(name, guard, optionsOf(command), terminal),
      ),
    );
  };
  add('pause', 'freeze the daemon').option(
    '--for <duration>',
    'and let it go on after that, as in --for 10min',
  );
  add('resume', 'let a paused daemon go on');
  add('stop', 'end the daemon and its guard');
  add('restart', 'end the daemon and start it again, through the gate').option(
    '--clear-hold',
    'also end a hold after too many starts or a stop at a wall',
  );
  add('reload', 'read the configuration again');
}

export function addReplay(program: Command, choose: Choose): void {
  const replay = program
    .command('replay')
    .description('a recorded course of walls through the policy of today; nothing is done')
    .argument('<file>', "a table of readings, or a guard's ring; - is standard input");
  common(replay).action((file: string, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./replay-command.ts')).runReplay(file, optionsOf(command), terminal),
    ),
  );
}

export function addDemo(program: Command, choose: Choose): void {
  const demo = program
    .command('demo')
    .description('the container of May 2012 played again, on a stand-in daemon and an emulated wall')
    .option('--keep', 'leave its temporary directory in place');
  common(demo).action((_, command: Command) =>
    choose(async (terminal) => (await import('./demo-command.ts')).runDemo(optionsOf(command), terminal)),
  );
}
