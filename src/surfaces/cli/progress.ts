// A counter on stderr, on a terminal only, and only once counting has taken long enough to wonder.

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
  if (isQuiet || !terminal.isErrorTerminal) return { show: () => {}, clear: () => {} };
  let dueAt = monotonicMs() + SHOWN_AFTER_MS;
  let isShown = false;
  return {
    show(entries) {
      if (monotonicMs() < dueAt) return;
      dueAt = monotonicMs() + REDRAWN_AFTER_MS;
      isShown = true;
      terminal.complain(`\rcounting: ${renderCount(entries)} entries `);
    },
    clear() {
      if (isShown) terminal.complain('\r\x1b[K');
    },
  };
}
