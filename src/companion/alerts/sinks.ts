// Every way to tell somebody: one line each. Which of them are wanted, the settings say.

import type { AlertSettings } from '../../domain/settings.ts';
import type { Sink } from './sink.ts';
import { cachetSink } from './sink-cachet.ts';
import { hookSink } from './sink-hook.ts';
import { mailSink } from './sink-mail.ts';
import { webhookSink } from './sink-webhook.ts';

/** `stateDirectory`: where a sink keeps what outlives this process. */
export const sinksOf = (settings: AlertSettings, stateDirectory: string): Sink[] =>
  [
    hookSink(settings),
    webhookSink(settings),
    cachetSink(settings, stateDirectory),
    mailSink(settings),
  ].filter((sink) => sink !== null);
