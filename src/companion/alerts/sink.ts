// What every way to tell somebody has in common.

import { readFileSync } from 'node:fs';
import type { AlertMessage } from '../../domain/alert.ts';
import { failure, type Result, success } from '../../domain/result.ts';
import type { SecretSource } from '../../domain/settings.ts';
import { errnoOf } from '../../kernel/errno.ts';
import type { HttpAnswer } from './http-call.ts';

export const SINK_NAMES = ['hook', 'webhook', 'cachet', 'mail'] as const;
export type SinkName = (typeof SINK_NAMES)[number];

export interface Sink {
  readonly name: SinkName;
  /** Whom it tells, as far as that is no secret. */
  readonly where: string;
  /** Ends within the alerts' timeout; the value is what was answered, in a few words. */
  deliver(message: AlertMessage): Promise<Result<string, SinkTrouble>>;
}

export interface SinkTrouble {
  readonly reason: string;
  /** What the receiver itself asks to wait, ms; null: it does not say. */
  readonly retryAfterMs: number | null;
}

export const trouble = (reason: string): Result<never, SinkTrouble> =>
  failure({ reason, retryAfterMs: null });

/** 2xx is taken; anything else is not, and its first words are shown. */
export function judgeAnswer(answer: Result<HttpAnswer, string>): Result<string, SinkTrouble> {
  if (!answer.ok) return trouble(answer.error);
  const { status, text, retryAfterMs } = answer.value;
  if (status >= 200 && status < 300) return success(`status ${status}`);
  const words = text.replaceAll(/\s+/g, ' ').trim().slice(0, 100);
  return failure({ reason: `it answered ${status}${words === '' ? '' : `: ${words}`}`, retryAfterMs });
}

/** A token has some hundred characters. */
const LONGEST_SECRET_BYTES = 4096;

/** null: none is needed. Read anew each time, so that it may be changed; the error names the file, never what is in it. */
export function readSecret({ token, tokenFile }: SecretSource): Result<string | null, string> {
  if (tokenFile === null) return success(token);
  try {
    const text = readFileSync(tokenFile);
    const [line = ''] = text.subarray(0, LONGEST_SECRET_BYTES).toString().split('\n');
    return /^[\x21-\x7e]+$/.test(line.trim())
      ? success(line.trim())
      : failure(`the first line of ${tokenFile} is no token`);
  } catch (error) {
    return failure(`${tokenFile} cannot be read (${errnoOf(error)})`);
  }
}
