// What the guard says: one line at start, one per action, on standard error. Calm is silent.

import { writeSync } from 'node:fs';
import { openOwnDescription } from './own-description.ts';

export type Verbosity = 'quiet' | 'normal' | 'verbose';

export interface Announcer {
  /** What was done or refused; shown unless --quiet. */
  say(text: string): void;
  /** What a user must see whatever the verbosity: an end that is not the daemon's own, and how to go on. */
  insist(text: string, hint: string): void;
}

// C0 and C1 controls could move the cursor of whoever reads a file name with one in it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** Control characters as \xNN. */
export const escapeControls = (text: string): string =>
  text.replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Writes to `shared` synchronously and never waits; a closed or full one loses the line and nothing else. */
export function announcer(shared: number, verbosity: Verbosity): Announcer {
  const { descriptor } = openOwnDescription(shared);
  const write = (line: string): void => {
    try {
      writeSync(descriptor, `${line}\n`);
    } catch {
      // EAGAIN, EPIPE, EIO: nobody reads; a guard does not end for that.
    }
  };
  return {
    say(text) {
      if (verbosity !== 'quiet') write(`syncguard: ${escapeControls(text)}`);
    },
    insist(text, hint) {
      write(`syncguard: ${escapeControls(text)}`);
      if (hint !== '') write(`hint: ${escapeControls(hint)}`);
    },
  };
}
