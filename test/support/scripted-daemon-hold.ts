// A daemon frozen by a guard of its own, in another process that may be killed; inside a container where one is given.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { KeeperHold } from '../../src/sentinel/keeper-script.ts';
import type { Hall, ScriptedDaemon } from './scripted-daemon.ts';
import { bundleProgram } from './scripted-daemon-bundle.ts';
import type { GuardOrder } from './scripted-daemon-guard.ts';

let bundled: Promise<string> | undefined;

export const holdOf = ({ kind, directory }: Hall): KeeperHold =>
  kind === 'signals' || directory === null
    ? { kind: 'signals' }
    : kind === 'unified'
      ? { kind, directory, hasKill: true }
      : { kind, directory };

export interface Held {
  readonly guard: ChildProcess;
  readonly keeperPid: number;
  readonly isShelved: boolean;
}

export interface HoldRequest extends Pick<GuardOrder, 'leaseMs' | 'will' | 'path'> {
  /** Words to put before a command so that it runs in a container. */
  readonly enter?: readonly string[];
  /** Where the keeper's shell may be copied to; none. */
  readonly shelves?: readonly string[];
}

/** Resolves when the daemon stands still and its keeper has heard the will. */
export async function holdByGuard(hall: Hall, daemon: ScriptedDaemon, request: HoldRequest): Promise<Held> {
  bundled ??= bundleProgram('scripted-daemon-guard');
  const program = await bundled;
  const { leaseMs, will, path, shelves = [] } = request;
  const order: GuardOrder = {
    home: hall.home,
    cookie: daemon.cookie,
    hold: holdOf(hall),
    leaseMs,
    will,
    path,
    shelves,
  };
  const [file = '', ...rest] = [...(request.enter ?? []), process.execPath, program, JSON.stringify(order)];
  const guard = spawn(file, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(guard.stdout, 'data');
  const keeperPid = Number(/keeper \S+ (\d+)/.exec(String(said))?.[1]);
  return { guard, keeperPid, isShelved: String(said).includes('shelved') };
}
