// Starts the daemon: a shell that enters its cgroups, is seen there, and becomes COMMAND.

import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { entrancesOf, roomsWithout } from '../actuators/cgroup-home.ts';
import type { Home, Room } from '../actuators/home.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { LaunchFacts } from './launch-facts.ts';
import { GATE_DESCRIPTOR, renderLauncher } from './launcher-script.ts';
import { readRawBytes } from './raw-bytes.ts';

const SHELL = '/bin/sh';

export interface LaunchRequest {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly facts: LaunchFacts;
  readonly home: Home;
  /** With a terminal the daemon stays in our group, so that job control and Ctrl-C mean both. */
  readonly isNewSession: boolean;
}

/** A launcher that waits to be let go, or to be given up. */
export interface Launch {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Rooms made for it that it could not enter. */
  readonly closedRooms: readonly Room[];
  release(): void;
  /** It ends without having executed COMMAND. */
  giveUp(): void;
}

/** Resolves when the launcher has entered its cgroups; its end before that is an error with the reason. */
export function launchDaemon(request: LaunchRequest): Promise<Result<Launch, string>> {
  const script = renderLauncher({
    entrances: entrancesOf(request.home),
    ignoredSignals: request.facts.ignoredSignals,
    openFilesLimit: request.facts.openFilesLimit,
    closedDescriptors: request.facts.closedDescriptors,
    pidVariables: pidVariablesOf(request.environment),
    raw: readRawBytes(request),
    wordCount: request.command.length,
  });
  const child = spawn(SHELL, ['-c', script, 'syncguard', ...request.command], {
    stdio: descriptorsFor(request.facts),
    env: request.environment,
    detached: request.isNewSession,
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(failure(`${SHELL} could not be started: ${error.message}`)));
    const { pid } = child;
    if (pid === undefined) return;
    const descriptors: ChildProcess['stdio'][number][] = [...child.stdio];
    const line = descriptors[GATE_DESCRIPTOR] as Duplex;
    // Its end while we write is told by the child's exit.
    line.on('error', () => {});
    const onEarlyExit = (): void => resolve(failure(`${SHELL} ended before it could execute the command`));
    child.once('exit', onEarlyExit);
    line.once('data', () => {
      child.off('exit', onEarlyExit);
      resolve(success(launchOf(child, pid, { line, home: request.home })));
    });
  });
}

/** Sockets are the daemon's in any case; a watchdog that is passed on, where it was meant for this process. */
function pidVariablesOf(environment: LaunchRequest['environment']): string[] {
  const hasSockets = environment['LISTEN_PID'] !== undefined;
  const hasWatchdog = environment['WATCHDOG_PID'] === String(process.pid);
  return [...(hasSockets ? ['LISTEN_PID'] : []), ...(hasWatchdog ? ['WATCHDOG_PID'] : [])];
}

function launchOf(child: ChildProcess, pid: number, seen: { line: Duplex; home: Home }): Launch {
  return {
    child,
    pid,
    closedRooms: roomsWithout(seen.home, pid),
    release: () => {
      seen.line.end('\n');
      seen.line.resume();
    },
    giveUp: () => {
      seen.line.destroy();
    },
  };
}

/** Standard descriptors and the extra ones as they are; nothing between them, and our line at the last. */
function descriptorsFor({ extraDescriptors }: LaunchFacts): StdioOptions {
  const descriptors: ('inherit' | 'ignore' | 'pipe' | number)[] = ['inherit', 'inherit', 'inherit'];
  for (let number = descriptors.length; number < GATE_DESCRIPTOR; number += 1)
    descriptors.push(extraDescriptors.includes(number) ? number : 'ignore');
  descriptors.push('pipe');
  return descriptors;
}
