// A signal to the guard ends, or is heard by, a daemon in whatever state the guard holds it, as it would be bare.
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { type Ended, start } from '../support/ending.ts';
import { installPrograms, type Programs } from '../support/guarded-programs.ts';
import { type Guarded, pause, type Scene, sceneFor, slow } from '../support/guarded-run.ts';
import { until } from '../support/scripted-daemon.ts';

let programs: Programs;
beforeAll(async () => {
  programs = await installPrograms();
});
afterAll(() => programs.remove());

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

/** How a daemon takes a signal. */
const DAEMONS = [
  ['without a handler', () => 'ulimit -c 0; echo up; exec sleep 600'],
  [
    'with a handler',
    (signal: string) => `trap 'echo told; exit 7' ${signal.slice(3)}; echo up; while :; do sleep 0.05; done`,
  ],
] as const;

type State = readonly [string, (scene: Scene, guarded: Guarded) => Promise<unknown>];
const STATES: readonly State[] = [
  ['running', async () => {}],
  ['throttled', slow],
  ['paused at a wall', pause],
  [
    'paused by hand',
    async (_, guarded) => {
      await guarded.ask({ command: 'pause' });
      await until(() => guarded.course().endsWith('paused'));
    },
  ],
];

/** WINCH ends nobody without a handler; what follows it does. */
async function endBare(signal: NodeJS.Signals, script: string): Promise<Ended> {
  const bare = start('sh', ['-c', script]);
  await bare.seen('up');
  process.kill(bare.pid, signal);
  if (isIgnored(signal, script)) process.kill(bare.pid, 'SIGTERM');
  return await bare.ended;
}

const isIgnored = (signal: string, script: string): boolean =>
  signal === 'SIGWINCH' && !script.startsWith('trap');

async function endGuarded(
  context: TestContext,
  [signal, script]: readonly [NodeJS.Signals, string],
  [, reach]: State,
): Promise<Ended> {
  const scene = sceneFor(programs.program, context);
  const guarded = await scene.run(['--quiet', '--companion', 'on', 'sh', '-c', script], { says: 'up' });
  await reach(scene, guarded);
  process.kill(guarded.pid, signal);
  if (isIgnored(signal, script)) process.kill(guarded.pid, 'SIGTERM');
  return await guarded.ended;
}

const CASES = STATES.flatMap((state) =>
  DAEMONS.flatMap(([kind, scriptFor]) =>
    SIGNALS.map((signal) => [signal, kind, state[0], scriptFor(signal), state] as const),
  ),
);

describe.concurrent('a signal to the guard', () => {
  it.for(CASES)('%s ends a daemon %s that is %s, as bare', async ([signal, , , script, state], context) => {
    const bare = await endBare(signal, script);
    const guarded = await endGuarded(context, [signal, script], state);
    context.expect(guarded).toEqual(bare);
  });
});
