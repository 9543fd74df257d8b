// rclone's remote control (rclone.org/rc), as much of it as is needed here.
// Knows: requests and answers. May not know: when, or why.

import { failure, type Result, success } from '../domain/result.ts';
import type { RcloneApiPlace } from '../profiles/rclone-control.ts';
import { askLocally } from './local-http.ts';

export interface Rate {
  /** Its own word, which it takes back: `off`, `200Ki`, `10Mi:1Mi`. */
  readonly words: string;
  /** Bytes a second; Infinity: no limit. */
  readonly bytes: number;
}

export interface RcloneApi {
  /** The limit that is in force; the error is one clause. */
  readRate(): Promise<Result<Rate, string>>;
  /** How fast it has copied so far, bytes a second; 0: it has not begun to, or does not tell. */
  readSpeed(): Promise<number>;
  setRate(words: string): Promise<Result<null, string>>;
}

export function rcloneApi({ login, basePath, ...place }: RcloneApiPlace): RcloneApi {
  const headers =
    login === null
      ? {}
      : { Authorization: `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}` };
  const call = async (path: string, words: object): Promise<Result<Record<string, unknown>, string>> => {
    const request = { method: 'POST', path: `${basePath}/${path}`, headers };
    const answer = await askLocally({ ...place, defaultPort: 5572 }, request, JSON.stringify(words));
    if (!answer.ok) return answer;
    const { status, body } = answer.value;
    return status === 200 ? objectIn(body) : failure(`it answered ${status}`);
  };
  return {
    async readRate() {
      const answer = await call('core/bwlimit', {});
      if (!answer.ok) return answer;
      const { rate, bytesPerSecond } = answer.value;
      if (typeof rate !== 'string' || typeof bytesPerSecond !== 'number')
        return failure('its answer has no rate');
      return success({ words: rate, bytes: bytesPerSecond < 0 ? Number.POSITIVE_INFINITY : bytesPerSecond });
    },
    async readSpeed() {
      const answer = await call('core/stats', {});
      const speed = answer.ok ? answer.value['speed'] : 0;
      return typeof speed === 'number' ? speed : 0;
    },
    async setRate(words) {
      const answer = await call('core/bwlimit', { rate: words });
      return answer.ok ? success(null) : answer;
    },
  };
}

function objectIn(body: string): Result<Record<string, unknown>, string> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return success(value as Record<string, unknown>);
  } catch {}
  return failure('its answer is no object');
}
