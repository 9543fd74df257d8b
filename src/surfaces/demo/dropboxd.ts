// The stand-in daemon: does to a container what Dropbox is reported to do, on a tree that is planted for it. Used by
// `syncguard demo` and by tests. Built-ins only; getxattr per entry is left out, because Node has no call for it.
// Knows: this process's own arguments, signals and exit; no other file of the stand-in does.

import { homedir } from 'node:os';
import { openSockets } from './stand-in/command-socket.ts';
import { StandIn } from './stand-in/daemon.ts';
import { startHelper } from './stand-in/helper-group.ts';
import { parseStandInOptions, type StandInOptions } from './stand-in/options.ts';
import { leaveState, occupyState } from './stand-in/state-directory.ts';
import { startSuccessor } from './stand-in/successor.ts';
import { reachTasks } from './stand-in/tasks.ts';

/** sysexits.h EX_USAGE. */
const USAGE_STATUS = 64;

const words = process.argv.slice(2);
const parsed = parseStandInOptions(words, process.env['HOME'] ?? homedir());
if (parsed.ok) void live(parsed.value);
else {
  process.stderr.write(`dropboxd: ${parsed.error}\n`);
  process.exitCode = USAGE_STATUS;
}

async function live(options: StandInOptions): Promise<void> {
  process.title = 'dropbox';
  const daemon = new StandIn(options, {
    print: (line) => process.stdout.write(`${line}\n`),
    abort: () => process.abort(),
  });
  occupyState(options);
  await reachTasks(options.threads);
  const helper = options.hasHelper ? startHelper(options.state) : null;
  const end = (): void => {
    daemon.report('ending', daemon.status());
    helper?.kill('SIGTERM');
    leaveState(options.state);
    process.exit(0);
  };
  process.on('SIGTERM', end);
  if (options.endsWithStdin) process.stdin.on('error', end).on('end', end).resume();
  const commanded = {
    status: () => daemon.status(),
    ignored: () => daemon.library.ignored,
    ignore: (paths: readonly string[]) => daemon.library.ignore(paths),
    // The answer goes out first.
    end: () => void setTimeout(end, 0),
  };
  setTimeout(() => openSockets(options.state, commanded), options.socketAfterMs);
  // A daemon waits for the network when it has nothing to do; this one for its last timer.
  setInterval(() => {}, 60_000);
  if (options.mode.kind === 'update') setTimeout(() => replace(options, daemon), options.updateAfterMs);
  await daemon.start();
}

function replace({ versionDirectory, reportFd }: StandInOptions, daemon: StandIn): void {
  if (versionDirectory === null) {
    process.stderr.write('dropboxd: cannot update itself: it was not started by its launcher\n');
    return;
  }
  startSuccessor({ versionDirectory, words, descriptors: reportFd === null ? [] : [reportFd] });
  daemon.report('successor', daemon.status());
  process.exit(0);
}
