// A throttle of the daemon's own: rclone is asked to copy at a quarter of its speed for as long as it is slowed down.
// Knows: what was its limit before, also after a companion that was killed. May not know: why it is slowed down.
// Where it may be frozen too, this spares its connections the bursts; where not (mounts, serve), it is all there is.

import { rmSync } from 'node:fs';
import { type RcloneApi, rcloneApi } from '../actuators/rclone-api.ts';
import { RUN_SHARE } from '../domain/duty-cycle.ts';
import { renderBytes } from '../formats/quantity-text.ts';
import { readStateFile, writeStateFile } from '../kernel/state-file.ts';
import { type RcloneApiPlace, readRcloneControl } from '../profiles/rclone-control.ts';
import type { Level } from './journal.ts';

export interface OwnThrottleRequest {
  /** null: it takes no orders of this kind. */
  readonly place: RcloneApiPlace | null;
  /** Where the former limit is kept, for a companion that comes after one that was killed. */
  readonly stateFile: string;
  say(level: Level, text: string): void;
}

export interface OwnThrottle {
  throttle(): Promise<void>;
  unthrottle(): Promise<void>;
}

/** Slower than this, a copy would only last for ever; a first guess. */
const LEAST_BYTES_A_SECOND: number = 64 * 1024;

/** Its profile's id and its whole command line. */
export const throttlePlaceOf = (
  profile: string,
  command: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): RcloneApiPlace | null => (/^rclone\b/.test(profile) ? readRcloneControl(command, env) : null);

export function ownThrottle({ place, stateFile, say }: OwnThrottleRequest): OwnThrottle {
  if (place === null) return { throttle: async () => {}, unthrottle: async () => {} };
  const limit = new Limit(rcloneApi(place), stateFile, say);
  // One after the other: a frozen daemon answers late.
  let last: Promise<void> = limit.lift();
  return {
    throttle: () => (last = last.then(() => limit.lower())),
    unthrottle: () => (last = last.then(() => limit.lift())),
  };
}

/** What it was, in rclone's words, and what we made of it, bytes a second. */
interface Lowered {
  readonly former: string;
  readonly bytes: number;
}

class Limit {
  readonly #api: RcloneApi;
  readonly #stateFile: string;
  readonly #say: OwnThrottleRequest['say'];
  #lowered: Lowered | null;

  constructor(api: RcloneApi, stateFile: string, say: OwnThrottleRequest['say']) {
    this.#api = api;
    this.#stateFile = stateFile;
    this.#say = say;
    this.#lowered = loweredIn(readStateFile(stateFile));
  }

  async lower(): Promise<void> {
    if (this.#lowered !== null) return;
    const rate = await this.#api.readRate();
    if (!rate.ok) return this.#say('debug', `its bandwidth limit was not lowered: ${rate.error}`);
    const bytes = Math.max(LEAST_BYTES_A_SECOND, Math.ceil((await this.#api.readSpeed()) * RUN_SHARE));
    if (rate.value.bytes <= bytes) return;
    // Kept before it is asked: also what it does not answer may be obeyed later.
    this.#keep({ former: rate.value.words, bytes });
    const done = await this.#api.setRate(`${bytes}B`);
    if (!done.ok) return this.#say('warn', `its bandwidth limit was not lowered: ${done.error}`);
    this.#say('info', `it is asked to copy at most ${renderBytes(bytes)} a second while it is slowed down`);
  }

  /** A frozen or busy one does not answer: then it stays kept, and is tried at the next occasion. */
  async lift(): Promise<void> {
    if (this.#lowered === null) return;
    const { former, bytes } = this.#lowered;
    const rate = await this.#api.readRate();
    if (!rate.ok) return;
    // Another limit is somebody else's, or that of another process after a restart.
    const isOurs = rate.value.bytes === bytes;
    if (isOurs && !(await this.#api.setRate(former)).ok) return;
    this.#keep(null);
    if (isOurs) this.#say('info', `its bandwidth limit is ${former} again`);
    else this.#say('debug', `its bandwidth limit is ${rate.value.words} by now, and is left so`);
  }

  #keep(lowered: Lowered | null): void {
    this.#lowered = lowered;
    if (lowered === null) rmSync(this.#stateFile, { force: true });
    else writeStateFile(this.#stateFile, lowered);
  }
}

function loweredIn(value: unknown): Lowered | null {
  if (typeof value !== 'object' || value === null || !('former' in value) || !('bytes' in value)) return null;
  const { former, bytes } = value;
  return typeof former === 'string' && typeof bytes === 'number' ? { former, bytes } : null;
}
