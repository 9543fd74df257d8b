// One thing the doctor looked at.

export type CheckStatus = 'ok' | 'warn' | 'fail';

export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly seen: string;
  /** What follows from it; '' when all is well. */
  readonly meaning: string;
  /** What to type; '' when nothing mends it, or nothing needs to. */
  readonly command: string;
}

export const good = (name: string, seen: string): Check => ({
  name,
  status: 'ok',
  seen,
  meaning: '',
  command: '',
});
