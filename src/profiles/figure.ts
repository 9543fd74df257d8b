// How a profile's number says where it comes from. Measured: Debian 12, ext4, kernel 6.18, 2 cores, trees of small files,
// 20 per directory; memory is the peak sum of RssAnon over all processes, sampled every 10 ms. Points marked ~ are peak RSS of
// another run less 17 MB of program text per Go process. Program text (17 MB of a Go daemon) is page cache, not counted.

import type { Evidence, Figure } from '../domain/profile.ts';

const told =
  (evidence: Evidence) =>
  (value: number, errorPercent: number, source: string): Figure => ({
    value,
    evidence,
    errorPercent,
    source,
  });

type Tell = ReturnType<typeof told>;

export const measured: Tell = told('measured');
export const reported: Tell = told('reported');
export const inferred: Tell = told('inferred');

/** Zero by design, not for want of a reading. */
export const NOTHING: Figure = { value: 0, evidence: 'source', errorPercent: 0, source: 'none by design' };
