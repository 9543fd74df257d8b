// What does not change from one start of the daemon to the next.

import type { GateRecord } from '../formats/gate-record.ts';
import type { GateRequest } from '../formats/gate-request.ts';
import type { RunSettings } from '../formats/run-settings.ts';
import type { Announcer } from './announcement.ts';
import type { Command } from './arguments.ts';
import type { FoundCommand } from './command-path.ts';
import type { Errands } from './errands.ts';
import type { LaunchFacts } from './launch-facts.ts';
import type { RunOptions } from './options.ts';
import type { Readiness } from './readiness.ts';
import type { SignalRelay } from './signals.ts';
import type { StartMemories } from './start-memory.ts';
import type { Watchpost } from './watchpost.ts';

export interface Stage extends FoundCommand {
  /** As the last gate has read them: looked at anew after every question to it. */
  readonly options: RunOptions;
  readonly command: Command;
  readonly facts: LaunchFacts;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly relay: SignalRelay;
  readonly memories: StartMemories;
  readonly watchpost: Watchpost;
  readonly readiness: Readiness;
  readonly errands: Errands;
  readonly say: Announcer;
  /** Settings that were changed since; the next gate reads them for itself. */
  follow(settings: Partial<RunSettings>): void;
  /** As the gate is asked at every start. */
  readonly gateRequest: GateRequest;
  ask(): Promise<GateRecord>;
}
