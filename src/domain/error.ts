/** Every stable error code, with the exit code each command but `run` gives it (`run` gives 125 to all). */
export const EXIT_CODE_OF = {
  usage: 64,
  'bad-quantity': 64,
  'unknown-resource': 64,
  'unknown-profile': 64,
  'bad-beancounters': 65,
  'bad-recording': 65,
  'tree-missing': 66,
  'not-a-directory': 66,
  'no-daemon': 66,
  'no-subject': 66,
  'no-guard': 66,
  'nothing-applied': 66,
  'no-unit': 66,
  'no-service': 66,
  'daemon-failed': 69,
  internal: 70,
  io: 74,
  denied: 77,
  'bad-config': 78,
} as const;

export type ErrorCode = keyof typeof EXIT_CODE_OF;

/** Start-up that cannot proceed: one sentence, a stable code, and a hint that is the next command to type. */
export class SyncguardError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'SyncguardError';
    this.code = code;
    this.hint = hint;
  }
}

/** A bug of ours: something the types or the design said could not be. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
