// One request over HTTP, bounded in every direction: in time, in what is read, in where it may be sent on to.
// Knows: Node's own client. May not know: what is asked, or of whom.

import type { ClientRequest, IncomingMessage } from 'node:http';
import { failure, type Result, success } from '../../domain/result.ts';
import { renderDuration } from '../../formats/quantity-text.ts';

export interface HttpCall {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: object;
  /** For all of it, redirects among them. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** As far as it was read. */
  readonly text: string;
  /** What the server asks to wait, ms; null: it does not say. */
  readonly retryAfterMs: number | null;
}

/** An answer of Cachet is some KB; of the others nothing is read but the status. */
const MOST_READ_BYTES = 65_536;
const MOST_REDIRECTS = 3;
/** A server that asks for more time than that has forgotten us. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Any status is an answer; the error is one clause without the address, which may be a secret. */
export async function callHttp(call: HttpCall): Promise<Result<HttpAnswer, string>> {
  const deadlineMs = performance.now() + call.timeoutMs;
  let { url } = call;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    const asked = await exchange({ ...call, url, leftMs: deadlineMs - performance.now() });
    if (!asked.ok) return asked;
    const { response, text } = asked.value;
    const target = redirectOf(response, url);
    if (target === null) return success(answerOf(response, text));
    const refusal = redirectRefusal(url, target) ?? lossOf(call.method, response);
    if (refusal !== null) return failure(refusal);
    url = target.href;
  }
  return failure(`it redirects more than ${MOST_REDIRECTS} times`);
}

const KEEPS_METHOD = [307, 308];

/** null: what is sent is sent there too. */
const lossOf = (method: HttpCall['method'], { statusCode = 0 }: IncomingMessage): string | null =>
  method === 'GET' || KEEPS_METHOD.includes(statusCode)
    ? null
    : `it redirects a ${method} with status ${statusCode}, which would lose what is sent`;

/** null: it is none. */
function redirectOf({ statusCode = 0, headers }: IncomingMessage, url: string): URL | null {
  const { location } = headers;
  if (![301, 302, 303, ...KEEPS_METHOD].includes(statusCode) || location === undefined) return null;
  return URL.canParse(location, url) ? new URL(location, url) : null;
}

/** null: it may be followed. What is told, and the token with it, is meant for one host. */
function redirectRefusal(from: string, to: URL): string | null {
  const { hostname, port, protocol } = new URL(from);
  if (to.hostname !== hostname) return `it redirects to another host, ${to.hostname}, which is not followed`;
  const isUpgrade = protocol === 'http:' && to.protocol === 'https:';
  if (isUpgrade || (to.protocol === protocol && to.port === port)) return null;
  return 'it redirects to another port or away from TLS, which is not followed';
}

interface Exchange {
  readonly response: IncomingMessage;
  readonly text: string;
}

function exchange(asked: HttpCall & { readonly leftMs: number }): Promise<Result<Exchange, string>> {
  const { url, method, json, timeoutMs, leftMs } = asked;
  const body = json === undefined ? '' : JSON.stringify(json);
  const target = new URL(url);
  // Loaded only where somebody is told.
  const { request } = process.getBuiltinModule(target.protocol === 'https:' ? 'node:https' : 'node:http');
  return new Promise((resolve) => {
    const headers = { ...headersOf(body), ...asked.headers };
    const call: ClientRequest = request(target, { method, agent: false, headers });
    const late = new Error(`no answer within ${renderDuration(timeoutMs)}`);
    const timer = setTimeout(() => call.destroy(late), Math.max(1, leftMs));
    const settle = (result: Result<Exchange, string>): void => {
      clearTimeout(timer);
      resolve(result);
      call.destroy();
    };
    let isAnswered = false;
    call.on('error', (error) => {
      if (!isAnswered) settle(failure(clauseOf(error)));
    });
    call.on('response', (response) => {
      isAnswered = true;
      void readSome(response).then((text) => settle(success({ response, text })));
    });
    call.end(body);
  });
}

const headersOf = (body: string): Record<string, string | number> => ({
  'User-Agent': 'syncguard',
  ...(body === '' ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
});

/** `connect ECONNREFUSED 127.0.0.1:80`, without the call; of a host with several addresses Node has no message. */
const clauseOf = (error: Error): string =>
  error.message.replace(/^(?:connect|getaddrinfo|read|write) /, '') ||
  ('code' in error ? String(error.code) : error.name);

/** A body that is cut off or never ends: the status was the answer. */
async function readSome(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= MOST_READ_BYTES) break;
    }
  } catch {
    // What came until then.
  }
  return Buffer.concat(parts).subarray(0, MOST_READ_BYTES).toString();
}

const answerOf = ({ statusCode = 0, headers }: IncomingMessage, text: string): HttpAnswer => ({
  status: statusCode,
  text,
  retryAfterMs: retryAfterOf(headers['retry-after']),
});

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfterOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(waitMs) ? null : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, waitMs));
}
