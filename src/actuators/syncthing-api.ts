// Syncthing's REST API (docs.syncthing.net/dev/rest.html), as much of it as is needed here.
// Knows: requests and answers. May not know: which folder is meant, or why.

import { failure, type Result, success } from '../domain/result.ts';
import type { SyncthingApiPlace } from '../profiles/syncthing-control.ts';
import { type Answer, askLocally, NO_ANSWER } from './local-http.ts';

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

export function syncthingApi(place: SyncthingApiPlace): SyncthingApi {
  const headers = { 'X-API-Key': place.apiKey };
  const ask = (method: string, path: string, body?: string): Promise<Result<Answer, string>> =>
    askLocally({ ...place, defaultPort: 8384 }, { method, path, headers }, body);
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
