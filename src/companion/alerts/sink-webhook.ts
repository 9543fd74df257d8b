// A POST of JSON: our own, or what ntfy publishes (docs.ntfy.sh/publish, "publish as JSON").

import type { Alert, AlertMessage } from '../../domain/alert.ts';
import type { AlertSettings } from '../../domain/settings.ts';
import { alertJson, lastOf, renderAlertText, renderAlertTitle } from '../../formats/alert-text.ts';
import { renderPlaceOf } from '../../settings/address-kinds.ts';
import { callHttp } from './http-call.ts';
import { judgeAnswer, readSecret, type Sink, trouble } from './sink.ts';

/** null: none is wanted. */
export function webhookSink({ webhook, timeoutMs }: AlertSettings): Sink | null {
  const { url, preset } = webhook;
  if (url === null) return null;
  return {
    name: 'webhook',
    where: `${preset === 'ntfy' ? 'ntfy at ' : ''}${renderPlaceOf(url)}`,
    async deliver(message) {
      const token = readSecret(webhook);
      if (!token.ok) return trouble(token.error);
      const headers: Record<string, string> =
        token.value === null ? {} : { Authorization: `Bearer ${token.value}` };
      const post = preset === 'ntfy' ? ntfyPost(url, message) : { url, json: alertJson(message) };
      return judgeAnswer(await callHttp({ ...post, method: 'POST', headers, timeoutMs }));
    },
  };
}

/** From 1 to 5, and what ntfy shows as a sign in front of the title. */
const NTFY_OF: Readonly<Record<Alert['event'], { readonly priority: number; readonly tags: string[] }>> = {
  refuse: { priority: 5, tags: ['no_entry'] },
  throttle: { priority: 3, tags: ['turtle'] },
  pause: { priority: 4, tags: ['pause_button'] },
  stop: { priority: 5, tags: ['octagonal_sign'] },
  hold: { priority: 5, tags: ['no_entry'] },
  pressure: { priority: 3, tags: ['warning'] },
  recovered: { priority: 2, tags: ['white_check_mark'] },
  test: { priority: 3, tags: ['test_tube'] },
};

/** JSON goes to the server itself and names its topic; in headers a title would have to be ASCII. */
function ntfyPost(url: string, message: AlertMessage): { readonly url: string; readonly json: object } {
  const server = new URL(url);
  const [topic = '', ...above] = server.pathname.split('/').filter(Boolean).reverse();
  server.pathname = `/${above.reverse().join('/')}`;
  const { event } = lastOf(message);
  return {
    url: server.href,
    json: {
      topic: decodeURIComponent(topic),
      title: renderAlertTitle(message),
      message: renderAlertText(message),
      priority: NTFY_OF[event].priority,
      tags: [...NTFY_OF[event].tags, event],
    },
  };
}
