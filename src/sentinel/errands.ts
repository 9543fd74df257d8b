// What the guard has to tell somebody while it has no daemon: a note on disk, and a program of its own that delivers it.
// Knows: that at a refusal, a hold, or after a stop nothing ticks, and a gate has just had as much memory as that program
// takes. May not know: who is told, or how.

import { join } from 'node:path';
import { writeCgroupFile } from '../actuators/cgroup-file.ts';
import { startProgram } from '../actuators/program.ts';
import type { Alert, AlertEvent } from '../domain/alert.ts';
import type { Rule } from '../domain/lifecycle.ts';
import { RESOURCE_NAMES } from '../domain/resource.ts';
import type { CompanionRequest } from '../formats/companion-request.ts';
import { renderCompanionRequest } from '../formats/companion-request.ts';
import { leaveSlip } from '../kernel/slip-box.ts';
import { IN_TRAY } from '../settings/places.ts';
import { COMPANION_FLAGS } from './companion-link.ts';
import type { RunOptions } from './options.ts';
import { pause } from './supervision.ts';

export interface Errands {
  /** Where this guard's alerts wait. */
  readonly directory: string;
  tell(news: News): void;
  /** Resolves when `companion` and every program that was sent out have ended, or the configuration's patience has. */
  settled(companion: Promise<void>): Promise<void>;
}

export interface News {
  readonly event: AlertEvent;
  readonly sentence: string;
  readonly hint: string;
  readonly rule: Rule;
  /** The binding resource's name; '': none. */
  readonly resource?: string;
}

export interface ErrandScene {
  readonly directory: string;
  /** As people call it. */
  readonly daemon: string;
  /** As they are now. */
  options(): RunOptions;
  /** A companion that lives takes what is left there by itself. */
  isAccompanied(): boolean;
  readonly environment: Readonly<Record<string, string>>;
}

/** As many as wait for a sink: of a guard that is refused again and again where no program can be started. */
const MOST_NOTES = 100;

export function openErrands(scene: ErrandScene): Errands {
  const { directory, daemon, options, isAccompanied } = scene;
  const underWay = new Set<Promise<void>>();
  return {
    directory,
    tell(news) {
      const { alertWaitMs, isDryRun } = options();
      if (alertWaitMs === 0 || isDryRun) return;
      const alert = alertOf(news, daemon);
      leaveSlip(join(directory, IN_TRAY), alert, { most: MOST_NOTES, nowAt: Date.now() });
      if (isAccompanied()) return;
      const ended = sendOut(scene).finally(() => underWay.delete(ended));
      underWay.add(ended);
    },
    async settled(companion) {
      const { alertWaitMs } = options();
      if (alertWaitMs > 0) await Promise.race([Promise.all([companion, ...underWay]), pause(alertWaitMs)]);
    },
  };
}

const alertOf = ({ event, sentence, hint, rule, resource }: News, daemon: string): Alert => ({
  event,
  at: new Date().toISOString(),
  daemon,
  resource: RESOURCE_NAMES.find((name) => name === resource) ?? null,
  unit: null,
  scope: null,
  held: null,
  judged: null,
  wall: null,
  rule,
  sentence: sentence.replace(/\.$/, ''),
  hint,
  untold: {},
});

/** Resolves at its end; one that could not be started leaves the note to the next. */
function sendOut({ directory, daemon, options, environment }: ErrandScene): Promise<void> {
  const { verbosity, config, flags } = options();
  const request: CompanionRequest = {
    runtimeDirectory: '',
    daemon,
    profile: '',
    rooms: [],
    verbosity,
    source: { config, flags },
    alerts: directory,
    isErrand: true,
  };
  const program = join(import.meta.dirname, 'companion.cjs');
  const words = [...COMPANION_FLAGS, program, renderCompanionRequest(request)];
  const started = startProgram(process.execPath, words, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: environment,
    // A terminal's Ctrl-C is for the guard.
    detached: true,
  });
  if (!started.ok) return Promise.resolve();
  const child = started.value;
  // A note that is late is no loss: whoever needs the memory has it first.
  writeCgroupFile(`/proc/${child.pid}/oom_score_adj`, '1000');
  child.unref();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
  });
}
