// Decimal counters as the kernel prints them, exact to 2^64.

import { type Counter, counter } from '../domain/units.ts';

/** null unless the whole text is 1 to 20 decimal digits. */
export function parseCounter(text: string): Counter | null {
  if (!/^\d{1,20}$/.test(text)) return null;
  return text.length < 16 ? Number(text) : counter(BigInt(text));
}
