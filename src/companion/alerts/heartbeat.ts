// A dead man's switch: an address fetched again and again, as long as a daemon is guarded and not held. Whoever watches the
// address tells when it stops, which is all that is left to tell when this machine is gone.

import type { AlertSettings } from '../../domain/settings.ts';
import { renderPlaceOf } from '../../settings/address-kinds.ts';
import type { Level } from '../journal.ts';
import { callHttp } from './http-call.ts';
import { judgeAnswer } from './sink.ts';

export interface HeartbeatRequest {
  /** As they are now; null: they cannot be read. */
  readSettings(): AlertSettings | null;
  isGuarding(): boolean;
  say(level: Level, text: string): void;
}

/** Settings may change meanwhile. */
const LONGEST_LOOK_MS = 1_000;

/** As long as this process lives. */
export function openHeartbeat({ readSettings, isGuarding, say }: HeartbeatRequest): void {
  let beatenMs = Number.NEGATIVE_INFINITY;
  let isAway = false;
  const beat = async (url: string, timeoutMs: number): Promise<void> => {
    beatenMs = performance.now();
    const taken = judgeAnswer(await callHttp({ url, method: 'GET', timeoutMs }));
    // Every minute the same line would tell nothing new.
    if (!taken.ok && !isAway)
      say('warn', `the heartbeat at ${renderPlaceOf(url)} was not taken: ${taken.error.reason}`);
    if (taken.ok && isAway) say('info', 'the heartbeat is taken again');
    isAway = !taken.ok;
  };
  const look = (): void => {
    const alerts = readSettings();
    const { url = null, everyMs = LONGEST_LOOK_MS } = alerts?.heartbeat ?? {};
    setTimeout(look, Math.min(everyMs, LONGEST_LOOK_MS)).unref();
    const isDue = performance.now() - beatenMs >= everyMs;
    if (alerts !== null && url !== null && isDue && isGuarding()) void beat(url, alerts.timeoutMs);
  };
  look();
}
