// What the companion says, on standard error: the door of pino. Calm is silent; one line per action.
// Knows: levels, the three shapes of a line (people, journald, JSON), and that nobody may be reading.
// May not know: what happened, or why.
//
// Every write is one synchronous write(2): pino's asynchronous destination retries a full disk for ever at exit. Its
// synchronous one throws into the caller, so the line is written here, and what cannot be written is lost.

import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import pino from 'pino';
import { type Repetition, repetition } from './repetition.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';
export type LineShape = 'people' | 'journald' | 'json';

export interface Journal {
  /** One line. An error that repeats within 30 s is counted instead of said; an action is always said. */
  say(level: Level, text: string): void;
}

export interface JournalRequest {
  readonly descriptor: number;
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  readonly shape: LineShape;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/** Of sd-daemon(3): a line that begins so has that priority, and loses the prefix, in the journal. */
const PRIORITY_OF: Readonly<Record<Level, string>> = { debug: '<7>', info: '<6>', warn: '<4>', error: '<3>' };
const LOWEST_OF = { quiet: 'error', normal: 'info', verbose: 'debug' } as const;

export function openJournal({ descriptor, verbosity, shape, now }: JournalRequest): Journal {
  const write = lineWriter(descriptor);
  const log = pino(
    {
      level: LOWEST_OF[verbosity],
      base: { name: 'syncguard', pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: shape === 'json' ? write : () => {} },
  );
  const speak = (level: Level, text: string): void => {
    if (!log.isLevelEnabled(level)) return;
    if (shape === 'json') log[level](text);
    else write(`${shape === 'journald' ? PRIORITY_OF[level] : ''}syncguard: ${oneLine(text)}\n`);
  };
  const repeated: Repetition = repetition();
  return {
    say(level, text) {
      const spoken = level === 'error' ? repeated.note(text, now()) : text;
      if (spoken !== null) speak(level, spoken);
    },
  };
}

/** A line end inside would lose its priority, and a control character would move a terminal's cursor. */
const oneLine = (text: string): string =>
  text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);

/**
 * A pipe whose reader has stopped would block its writer for ever: it is opened a second time, not blocking, since the
 * flag set on the first would be the daemon's too. A socket cannot be opened again, and journald always reads.
 */
function lineWriter(descriptor: number): (line: string) => void {
  const own = ownDescriptor(descriptor);
  return (line) => {
    try {
      writeSync(own, line);
    } catch {
      // ENOSPC, EAGAIN, EPIPE, EBADF: the line is lost and nothing else.
    }
  };
}

function ownDescriptor(descriptor: number): number {
  try {
    if (!fstatSync(descriptor).isFIFO()) return descriptor;
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return descriptor;
  }
}

/** journald when JOURNAL_STREAM names this very descriptor (systemd.exec(5)): a redirected one still has the variable. */
export function lineShapeOf(
  descriptor: number,
  environment: Readonly<Record<string, string | undefined>>,
): LineShape {
  if (environment['SYNCGUARD_LOG'] === 'json') return 'json';
  const stream = environment['JOURNAL_STREAM'];
  if (stream === undefined) return 'people';
  try {
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    return stream === `${dev}:${ino}` ? 'journald' : 'people';
  } catch {
    return 'people';
  }
}
