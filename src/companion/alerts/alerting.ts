// What the companion tells somebody who is not looking: records in, alerts and heartbeats out.
// Knows: when a record is news. May not know: who is told, or how.

import type { Alert } from '../../domain/alert.ts';
import { PHASES } from '../../domain/lifecycle.ts';
import type { AlertSettings } from '../../domain/settings.ts';
import { decisionLineOf } from '../../formats/decision-line.ts';
import type { GuardManifest } from '../../formats/guard-manifest.ts';
import { type GuardRecord, RECORD_FLAGS } from '../../formats/guard-record.ts';
import { isDecision, lineContextOf } from '../../formats/guard-status.ts';
import type { Level } from '../journal.ts';
import { alertOf, recoveryOf } from './alert-of-record.ts';
import { openHeartbeat } from './heartbeat.ts';
import { Post } from './post.ts';

export interface AlertingRequest {
  readonly directory: string;
  readonly daemon: string;
  readSettings(): AlertSettings | null;
  readManifest(): GuardManifest | null;
  say(level: Level, text: string): void;
}

export interface Alerting {
  note(record: GuardRecord, before: GuardRecord | null): void;
  /** Resolves when no attempt is under way: each is bounded by the alerts' timeout. */
  settled(): Promise<void>;
}

/** What the sentinel has left, and what is to be tried again: nobody waits for either to the second. */
const LOOK_MS = 1_000;
/** Readings come once a second; a guard that hangs sends none. */
const FRESH_MS = 15_000;
const TICKED = ['starting', 'running', 'throttled', 'paused', 'stopping', 'killing'];
const RUNNING = PHASES.indexOf('running');

export function openAlerting(request: AlertingRequest): Alerting {
  const { directory, readSettings, say } = request;
  const post = new Post({ directory, readSettings, say });
  let heard: { readonly atMs: number; readonly phase: number } | null = null;
  const isGuarding = (): boolean =>
    heard !== null && performance.now() - heard.atMs < FRESH_MS && TICKED.includes(PHASES[heard.phase] ?? '');
  openHeartbeat({ readSettings, isGuarding, say });
  post.look();
  setInterval(() => post.look(), LOOK_MS).unref();
  return {
    note(record, before) {
      heard = { atMs: performance.now(), phase: record.phase };
      const alert = newsOf(record, { before, isTroubled: post.isTroubled, request });
      if (alert !== null) post.tell(alert);
    },
    async settled() {
      await post.settled();
      post.close();
    },
  };
}

interface Circumstances {
  readonly before: GuardRecord | null;
  readonly isTroubled: boolean;
  readonly request: AlertingRequest;
}

/** null: nobody is told. A calm reading comes once a second: for it no manifest is read. */
function newsOf(record: GuardRecord, { before, isTroubled, request }: Circumstances): Alert | null {
  const isDryRun = (record.flags & RECORD_FLAGS.dryRun) !== 0;
  const isRecovered = isTroubled && record.phase === RUNNING && !isDryRun;
  if (!isRecovered && !isDecision(record)) return null;
  const { daemon, readManifest } = request;
  const manifest = readManifest();
  const context = lineContextOf(manifest);
  const line = decisionLineOf(record, context);
  return isRecovered
    ? recoveryOf(line, daemon)
    : alertOf(line, before === null ? null : (PHASES[before.phase] ?? null), daemon);
}
