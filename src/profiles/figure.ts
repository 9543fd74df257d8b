// How a profile's number says where it comes from. Measured: Debian 12, ext4, kernel 6.18, 2 cores, trees of
// 5 000 and 50 000 small files (20 per directory), peak of VmHWM over the run; the base is the 5 000-file peak less its files.

import type { Figure } from '../domain/profile.ts';

export const measured = (value: number, errorPercent: number): Figure => ({
  value,
  evidence: 'measured',
  errorPercent,
});
export const reported = (value: number, errorPercent: number): Figure => ({
  value,
  evidence: 'reported',
  errorPercent,
});
export const inferred = (value: number, errorPercent: number): Figure => ({
  value,
  evidence: 'inferred',
  errorPercent,
});

/** Zero by design, not for want of a reading. */
export const NOTHING: Figure = { value: 0, evidence: 'source', errorPercent: 0 };
