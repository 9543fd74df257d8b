// How the story is told. Every sentence is one that was observed; what a program printed is quoted as it stands.

import { quoteForShell } from '../../formats/name-text.ts';
import { renderBytes, renderCount } from '../../formats/quantity-text.ts';
import type { EmulatedWall } from './emulated-wall.ts';

export interface Narrator {
  title(text: string): void;
  say(text: string): void;
  /** A line that a program printed. */
  quote(line: string): void;
  /** Words that were typed after `syncguard`. */
  command(words: readonly string[]): void;
}

export const renderCommand = (words: readonly string[]): string =>
  ['syncguard', ...words].map(quoteForShell).join(' ');

/** `dcachesize 5.7 MiB of 6.0 MiB (94.3%)`. */
export function renderHeld(bytes: number, { barrierBytes }: EmulatedWall): string {
  return `dcachesize ${renderBytes(bytes)} of ${renderBytes(barrierBytes)} (${renderShare(bytes / barrierBytes)})`;
}

export const renderShare = (share: number): string => `${(share * 100).toFixed(1)}%`;

export const renderSeconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;

/** Neither a status nor a signal: it has not ended. */
export function renderEnding({ status, signal }: { status: number | null; signal: string | null }): string {
  if (signal !== null) return `ended by ${signal}`;
  return status === null ? 'it has not ended' : `exit status ${status}`;
}

export const renderWatches = ({ counts }: EmulatedWall): string =>
  `${renderCount(counts.watches)} folders watched`;
