// `[alerts]` as the file names it, its defaults, and what both come to. Whether its keys agree with each other.

import { type AlertSettings, DEFAULT_SETTINGS } from '../domain/settings.ts';
import type {
  AlertsTable,
  CachetTable,
  HeartbeatTable,
  HookTable,
  MailTable,
  WebhookTable,
} from './settings-table.ts';

/** Over the defaults: what is not null or empty there is always said. */
export type WholeAlerts = AlertsTable &
  Required<Pick<AlertsTable, 'events' | 'every' | 'timeout' | 'retry'>> & {
    readonly hook: HookTable;
    readonly webhook: WebhookTable & Required<Pick<WebhookTable, 'preset'>>;
    readonly heartbeat: HeartbeatTable & Required<Pick<HeartbeatTable, 'every'>>;
    readonly cachet: CachetTable;
    readonly mail: MailTable & Required<Pick<MailTable, 'to' | 'sendmail'>>;
  };

const { alerts: plain } = DEFAULT_SETTINGS;

export const DEFAULT_ALERTS: WholeAlerts = {
  events: plain.events,
  every: plain.everyMs,
  timeout: plain.timeoutMs,
  retry: plain.retryMs,
  hook: {},
  webhook: { preset: plain.webhook.preset },
  heartbeat: { every: plain.heartbeat.everyMs },
  cachet: {},
  mail: { to: plain.mail.to, sendmail: plain.mail.sendmail },
};

export const alertsOf = ({
  hook,
  webhook,
  heartbeat,
  cachet,
  mail,
  ...said
}: WholeAlerts): AlertSettings => ({
  events: said.events,
  everyMs: said.every,
  timeoutMs: said.timeout,
  retryMs: said.retry,
  machine: said.machine ?? null,
  hook: { command: hook.command ?? [] },
  webhook: { url: webhook.url ?? null, preset: webhook.preset, ...secretOf(webhook) },
  heartbeat: { url: heartbeat.url ?? null, everyMs: heartbeat.every },
  cachet: { url: cachet.url ?? null, component: cachet.component ?? null, ...secretOf(cachet) },
  mail: { to: mail.to, from: mail.from ?? null, sendmail: mail.sendmail },
});

const secretOf = ({
  token,
  token_file,
}: WebhookTable | CachetTable): { token: string | null; tokenFile: string | null } => ({
  token: token ?? null,
  tokenFile: token_file ?? null,
});

/** Which key does not agree with the others, and in one clause why; null: all do. */
export function alertDisagreement({
  webhook,
  cachet,
}: AlertSettings): { readonly key: string; readonly reason: string } | null {
  for (const [name, { token, tokenFile }] of Object.entries({ webhook, cachet }))
    if (token !== null && tokenFile !== null)
      return { key: `alerts.${name}.token`, reason: 'and token_file are both said: one of them is enough' };
  if (cachet.url === null) return null;
  const key = 'alerts.cachet.url';
  if (cachet.component === null) return { key, reason: 'is said without alerts.cachet.component' };
  if (cachet.token === null && cachet.tokenFile === null)
    return { key, reason: 'is said without alerts.cachet.token_file, or token' };
  return null;
}
