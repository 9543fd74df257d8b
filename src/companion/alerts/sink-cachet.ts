// A component of a Cachet status page through its REST API v1 (Cachet 2.3 and 2.4): its status, and one incident from the
// first trouble to `recovered`. Knows: the calls, and which incident is open. May not know: what a trouble is.
//
//   no incident --trouble--> POST, its number kept --trouble--> PUT, identified --recovered--> PUT, fixed --> no incident
//                                                   \--removed by somebody (404)--> as if there were none

import { join } from 'node:path';
import { type AlertMessage, opensTrouble } from '../../domain/alert.ts';
import { type Result, success } from '../../domain/result.ts';
import type { AlertSettings } from '../../domain/settings.ts';
import { renderAlertText, renderAlertTitle } from '../../formats/alert-text.ts';
import { readStateFile, writeStateFile } from '../../kernel/state-file.ts';
import { renderPlaceOf } from '../../settings/address-kinds.ts';
import { callHttp, type HttpAnswer, type HttpCall } from './http-call.ts';
import { judgeAnswer, readSecret, type Sink, type SinkTrouble, trouble } from './sink.ts';

type Delivered = Result<string, SinkTrouble>;

const INCIDENT = { investigating: 1, identified: 2, fixed: 4 } as const;
const OPERATIONAL = 1;
/** Of a component: 2 performance issues, 3 partial outage, 4 major outage. */
const COMPONENT_OF: Readonly<Record<string, number>> = { throttle: 2, pause: 3, stop: 4, hold: 4, refuse: 4 };

interface Page {
  readonly component: number;
  call(
    call: Pick<HttpCall, 'method' | 'json'> & { readonly path: string },
  ): Promise<Result<HttpAnswer, string>>;
  /** null: none is open. */
  incident: number | null;
}

/** null: none is wanted. */
export function cachetSink({ cachet, timeoutMs }: AlertSettings, stateDirectory: string): Sink | null {
  const { url, component } = cachet;
  if (url === null || component === null) return null;
  const stateFile = join(stateDirectory, 'cachet.json');
  return {
    name: 'cachet',
    where: `component ${component} at ${renderPlaceOf(url)}`,
    async deliver(message) {
      const token = readSecret(cachet);
      if (!token.ok) return trouble(token.error);
      const headers = { 'X-Cachet-Token': token.value ?? '', Accept: 'application/json' };
      const base = `${url.replace(/\/+$/, '')}/api/v1`;
      // One timeout for all the calls of a message.
      const deadlineMs = performance.now() + timeoutMs;
      return tell(message, {
        component,
        call: ({ path, ...call }) =>
          callHttp({
            ...call,
            url: base + path,
            headers,
            timeoutMs: Math.max(1, deadlineMs - performance.now()),
          }),
        get incident() {
          return incidentIn(readStateFile(stateFile));
        },
        set incident(incident) {
          writeStateFile(stateFile, { incident });
        },
      });
    },
  };
}

function tell(message: AlertMessage, page: Page): Promise<Delivered> | Delivered {
  const { alerts } = message;
  if (alerts.every(({ event }) => event === 'test')) return tellTest(message, page);
  // What matters to a status page is how things stand at the end of the message.
  const last = alerts.findLast((alert) => opensTrouble(alert) || alert.event === 'recovered');
  if (last === undefined) return success('nothing that a status page shows');
  return last.event === 'recovered'
    ? recover(message, page)
    : worsen(message, COMPONENT_OF[last.event] ?? OPERATIONAL, page);
}

const incidentOf = (message: AlertMessage, page: Page): Record<string, string | number> => ({
  name: renderAlertTitle(message),
  message: renderAlertText(message),
  component_id: page.component,
  visible: 1,
});

async function worsen(message: AlertMessage, componentStatus: number, page: Page): Promise<Delivered> {
  const incident = { ...incidentOf(message, page), component_status: componentStatus };
  if (page.incident !== null) {
    const json = { ...incident, status: INCIDENT.identified };
    const answer = await page.call({ method: 'PUT', path: `/incidents/${page.incident}`, json });
    if (!isGone(answer)) return judgeAnswer(answer);
    page.incident = null;
  }
  const json = { ...incident, status: INCIDENT.investigating };
  return openIncident(await page.call({ method: 'POST', path: '/incidents', json }), page);
}

function openIncident(answer: Result<HttpAnswer, string>, page: Page): Delivered {
  const judged = judgeAnswer(answer);
  if (!judged.ok || !answer.ok) return judged;
  const id = idIn(answer.value.text);
  if (id === null)
    return trouble('it answered with no incident of Cachet: is this its address, without /api?');
  page.incident = id;
  return success(`incident ${id} opened`);
}

async function recover(message: AlertMessage, page: Page): Promise<Delivered> {
  const { incident } = page;
  if (incident !== null) {
    const json = { ...incidentOf(message, page), component_status: OPERATIONAL, status: INCIDENT.fixed };
    const answer = await page.call({ method: 'PUT', path: `/incidents/${incident}`, json });
    const judged = judgeAnswer(answer);
    if (judged.ok || isGone(answer)) page.incident = null;
    if (judged.ok) return success(`incident ${incident} fixed`);
    if (!isGone(answer)) return judged;
  }
  const path = `/components/${page.component}`;
  return judgeAnswer(await page.call({ method: 'PUT', path, json: { status: OPERATIONAL } }));
}

/** Visible to those who are logged in alone, about no component, and fixed at once. */
async function tellTest(message: AlertMessage, page: Page): Promise<Delivered> {
  const { component_id: _, ...incident } = incidentOf(message, page);
  const json = { ...incident, visible: 0, status: INCIDENT.fixed };
  const answer = await page.call({ method: 'POST', path: '/incidents', json });
  const judged = judgeAnswer(answer);
  if (!judged.ok || !answer.ok) return judged;
  const id = idIn(answer.value.text);
  return id === null
    ? trouble('it answered with no incident of Cachet: is this its address, without /api?')
    : success(`incident ${id}, hidden and fixed`);
}

const isGone = (answer: Result<HttpAnswer, string>): boolean => answer.ok && answer.value.status === 404;

/** `{"data":{"id":1,...}}`. */
function idIn(text: string): number | null {
  try {
    const { data } = JSON.parse(text) as { data?: { id?: unknown } };
    return Number.isSafeInteger(data?.id) ? Number(data?.id) : null;
  } catch {
    return null;
  }
}

function incidentIn(value: unknown): number | null {
  const { incident } = (typeof value === 'object' && value !== null ? value : {}) as { incident?: unknown };
  return Number.isSafeInteger(incident) ? Number(incident) : null;
}
