// One line on stderr, on a terminal only, and only once it has taken long enough to wonder.

import { renderCount } from '../../formats/quantity-text.ts';
import { monotonicMs } from '../../kernel/clock.ts';
import type { Terminal } from './terminal.ts';

/** Quicker counts finish unannounced. */
const SHOWN_AFTER_MS = 300;
const REDRAWN_AFTER_MS = 100;

export interface Progress {
  show(entries: number): void;
  clear(): void;
}

export function progressOn(terminal: Terminal, isQuiet: boolean): Progress {
  const line = lineOn(terminal, isQuiet);
  return {
    show: (entries) => line.draw(() => `counting: ${renderCount(entries)} entries `),
    clear: line.clear,
  };
}

export interface ProgressLine {
  draw(text: () => string): void;
  clear(): void;
}

export function lineOn(terminal: Terminal, isQuiet: boolean): ProgressLine {
  if (isQuiet || !terminal.isErrorTerminal) return { draw: () => {}, clear: () => {} };
  let dueAt = monotonicMs() + SHOWN_AFTER_MS;
  let isShown = false;
  return {
    draw(text) {
      if (monotonicMs() < dueAt) return;
      dueAt = monotonicMs() + REDRAWN_AFTER_MS;
      isShown = true;
      terminal.complain(`\r\x1b[K${text()}`);
    },
    clear() {
      if (isShown) terminal.complain('\r\x1b[K');
    },
  };
}

/** For a wait in which nothing is counted; returns how to end it. */
export function sayWhileWaiting(terminal: Terminal, isQuiet: boolean, text: string): () => void {
  const line = lineOn(terminal, isQuiet);
  const timer = setInterval(() => line.draw(() => text), SHOWN_AFTER_MS);
  return () => {
    clearInterval(timer);
    line.clear();
  };
}
