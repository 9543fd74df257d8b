// Mail through sendmail: a program with that name comes with every mail server and every small relay.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { success } from '../../domain/result.ts';
import type { AlertSettings } from '../../domain/settings.ts';
import { lastOf, renderAlertText, renderAlertTitle } from '../../formats/alert-text.ts';
import { renderMail } from '../../formats/mail-message.ts';
import { runHook } from '../hook.ts';
import { type Sink, trouble } from './sink.ts';

/** -t: whom to, as the header says. -i: a line with a dot alone is not the end. */
const WORDS = ['-t', '-i'];

/** null: none is wanted. */
export function mailSink({ mail: { to, from, sendmail }, timeoutMs }: AlertSettings): Sink | null {
  const [file] = sendmail;
  if (to.length === 0 || file === undefined) return null;
  return {
    name: 'mail',
    where: `${to.join(', ')} through ${file}`,
    async deliver(message) {
      const mail = renderMail({
        from: from ?? `syncguard@${ownDomain()}`,
        to,
        subject: renderAlertTitle(message),
        text: renderAlertText(message),
        date: new Date().toUTCString().replace('GMT', '+0000'),
        messageId: `${randomUUID()}@${ownDomain()}`,
        event: lastOf(message).event,
      });
      const failed = await runHook({
        command: [...sendmail, ...WORDS],
        timeoutMs,
        environment: {},
        input: mail,
      });
      return failed === null ? success('handed over to sendmail') : trouble(failed);
    },
  };
}

/** A host may be called what no mail server takes. */
const ownDomain = (): string =>
  hostname()
    .replaceAll(/[^A-Za-z0-9.-]/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '') || 'localhost';
