// Alerts that nobody had, settings that tell one receiver, and a guard's alerts directory.
import type { Alert, AlertMessage } from '../../src/domain/alert.ts';
import { type AlertSettings, DEFAULT_SETTINGS } from '../../src/domain/settings.ts';

export const alertOf = (rest: Partial<Alert> = {}): Alert => ({
  event: 'pause',
  at: '2026-11-25T18:00:00.000Z',
  daemon: 'dropboxd',
  resource: 'dcachesize',
  unit: 'bytes',
  scope: 'container 101',
  held: 2_900_000,
  judged: 2_850_000,
  wall: 3_145_728,
  rule: 'share',
  sentence: 'dropboxd is paused: dcachesize 2.7 MiB of 3.0 MiB (91%)',
  hint: 'syncguard why',
  untold: {},
  ...rest,
});

export const messageOf = (...alerts: readonly Partial<Alert>[]): AlertMessage => ({
  machine: 'nas',
  alerts: (alerts.length === 0 ? [{}] : alerts).map(alertOf),
  droppedCount: 0,
});

/** Quick: tests wait for what is to come, never for a time. */
export const settingsOf = (rest: Partial<AlertSettings>): AlertSettings => ({
  ...DEFAULT_SETTINGS.alerts,
  machine: 'nas',
  timeoutMs: 5_000,
  retryMs: 1,
  ...rest,
});

export const webhookTo = (
  url: string,
  rest: Partial<AlertSettings['webhook']> = {},
): Partial<AlertSettings> => ({
  webhook: { ...DEFAULT_SETTINGS.alerts.webhook, url, ...rest },
});
