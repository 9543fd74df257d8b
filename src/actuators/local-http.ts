// One request to a daemon on this machine, over TCP on the loopback or a socket.
// Knows: HTTP, and how long an answer is waited for. May not know: what is asked, or whom.

import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { RequestOptions } from 'node:https';
import { failure, type Result, success } from '../domain/result.ts';

export interface LocalPlace {
  /** `127.0.0.1:8384`, `0.0.0.0:8384`, `[::]:8384`, `localhost:8384`, `:8384` or an absolute path of a socket. */
  readonly address: string;
  readonly defaultPort: number;
  readonly isTls: boolean;
}

export interface LocalRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A request that a busy or frozen daemon does not answer is asked again by whoever waits. */
const REQUEST_TIMEOUT_MS = 10_000;
/** An answer to any of these is under 2 KB, but for an error page. */
const LONGEST_ANSWER_BYTES = 1_000_000;

export const NO_ANSWER = 'no answer';

/** The error is one clause; `body` is JSON. */
export async function askLocally(
  place: LocalPlace,
  { headers, ...asked }: LocalRequest,
  body: string | undefined,
): Promise<Result<Answer, string>> {
  const options: RequestOptions = {
    ...asked,
    ...endpointOf(place),
    headers: { ...headers, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
    timeout: REQUEST_TIMEOUT_MS,
    agent: false,
    // Its certificate is one it made itself; the key goes to this machine alone (endpointOf).
    rejectUnauthorized: false,
  };
  // Loaded only where a daemon is asked; and not by import(), which compiled code that was kept has no way to answer.
  const { request } = place.isTls
    ? process.getBuiltinModule('node:https')
    : process.getBuiltinModule('node:http');
  return answerTo(request(options), body);
}

function answerTo(request: ClientRequest, body: string | undefined): Promise<Result<Answer, string>> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve(failure(error.message));
    request.on('timeout', () => request.destroy(new Error(NO_ANSWER)));
    request.on('error', fail);
    request.on('response', (response) => {
      response.on('error', fail);
      void readBody(response).then(
        (text) => resolve(success({ status: response.statusCode ?? 0, body: text })),
        fail,
      );
    });
    request.end(body);
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > LONGEST_ANSWER_BYTES) throw new Error('its answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** An address that listens everywhere is reached on the loopback; a name or another machine's address is never asked. */
function endpointOf({
  address,
  defaultPort,
}: LocalPlace): { socketPath: string } | { host: string; port: number } {
  if (address.startsWith('/')) return { socketPath: address };
  const [, , port = defaultPort] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { host: address.startsWith('[') ? '::1' : '127.0.0.1', port: Number(port) };
}
