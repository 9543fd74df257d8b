// Syncthing's REST API (docs.syncthing.net/dev/rest.html), as much of it as is needed here.
// Knows: requests and answers. May not know: which folder is meant, or why.

import type { ClientRequest, IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import { failure, type Result, success } from '../domain/result.ts';
import type { SyncthingApiPlace } from '../profiles/syncthing-control.ts';

export interface SyncthingApi {
  /** Whether it answers at all. */
  ping(): Promise<boolean>;
  /** PATCH of /rest/config, since 1.12; the error is one clause. */
  unpause(kind: 'folders' | 'devices', id: string): Promise<Result<null, string>>;
  /** Its watches are given back one by one, and it answers before that is over. */
  pauseFolder(id: string): Promise<Result<null, string>>;
  /** Whether a folder is watched from now on; the error is one clause. */
  watch(id: string, isWatched: boolean): Promise<Result<null, string>>;
  /** Asks for a scan, which reads .stignore again, and does not wait for its end. */
  rescan(id: string): Promise<Result<null, string>>;
  /** The folder's own word: `idle`, `scanning`, `scan-waiting`, `syncing`, `error`, ''; null: no answer. */
  readFolderState(id: string): Promise<string | null>;
}

/** A request that a busy or frozen daemon does not answer is asked again by whoever waits. */
const REQUEST_TIMEOUT_MS = 10_000;
/** An answer to any of these is under 2 KB, but for an error page. */
const LONGEST_ANSWER_BYTES = 1_000_000;

const NO_ANSWER = 'no answer';

interface Answer {
  readonly status: number;
  readonly body: string;
}

export function syncthingApi(place: SyncthingApiPlace): SyncthingApi {
  const ask = (method: string, path: string, body?: string): Promise<Result<Answer, string>> =>
    send(place, { method, path }, body);
  const patch = async (kind: string, id: string, body: string): Promise<Result<null, string>> => {
    const answer = await ask('PATCH', `/rest/config/${kind}/${encodeURIComponent(id)}`, body);
    if (!answer.ok) return answer;
    const { status, body: said } = answer.value;
    return status === 200
      ? success(null)
      : failure(`it answered ${status} ${said.trim().slice(0, 100)}`.trim());
  };
  return {
    async ping() {
      const answer = await ask('GET', '/rest/system/ping');
      return answer.ok && answer.value.status === 200;
    },
    unpause: (kind, id) => patch(kind, id, '{"paused":false}'),
    pauseFolder: (id) => patch('folders', id, '{"paused":true}'),
    watch: (id, isWatched) => patch('folders', id, JSON.stringify({ fsWatcherEnabled: isWatched })),
    async rescan(id) {
      const answer = await ask('POST', `/rest/db/scan?folder=${encodeURIComponent(id)}`);
      // It answers when the scan has ended, which may be long after.
      return answer.ok || answer.error === NO_ANSWER ? success(null) : answer;
    },
    async readFolderState(id) {
      const answer = await ask('GET', `/rest/db/status?folder=${encodeURIComponent(id)}`);
      return answer.ok && answer.value.status === 200 ? stateIn(answer.value.body) : null;
    },
  };
}

function stateIn(body: string): string | null {
  try {
    const { state } = JSON.parse(body) as { state?: unknown };
    return typeof state === 'string' ? state : null;
  } catch {
    return null;
  }
}

async function send(
  place: SyncthingApiPlace,
  asked: { readonly method: string; readonly path: string },
  body: string | undefined,
): Promise<Result<Answer, string>> {
  const options: RequestOptions = {
    ...asked,
    ...endpointOf(place.address),
    headers: {
      'X-API-Key': place.apiKey,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
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
function endpointOf(address: string): { socketPath: string } | { host: string; port: number } {
  if (address.startsWith('/')) return { socketPath: address };
  const [, , port = '8384'] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { host: address.startsWith('[') ? '::1' : '127.0.0.1', port: Number(port) };
}
