// Every exit status of the command line but `run`'s, and how an error is said.

import { EXIT_CODE_OF, InvariantError, SyncguardError } from '../../domain/error.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import type { Terminal } from './terminal.ts';

export const EXIT = {
  ok: 0,
  warned: 1,
  failed: 2,
  partial: 65,
  unknown: 69,
  internal: 70,
  refused: 75,
} as const;

export const EXIT_OF_VERDICT: Readonly<Record<Verdict, number>> = {
  admit: EXIT.ok,
  throttle: EXIT.ok,
  refuse: EXIT.refused,
  unknown: EXIT.unknown,
};

/** One sentence and the next command on stderr; the exit status that belongs to it. */
export function reportError(error: unknown, terminal: Terminal, isDebugging: boolean): number {
  if (error instanceof SyncguardError) {
    terminal.complain(
      `syncguard: ${escapeForTerminal(error.message)}\nhint: ${escapeForTerminal(error.hint)}\n`,
    );
    if (isDebugging) terminal.complain(`${error.stack ?? ''}\n`);
    return EXIT_CODE_OF[error.code];
  }
  const kind =
    error instanceof InvariantError ? 'a rule of its own was broken' : 'it met something it did not expect';
  const message = error instanceof Error ? error.message : String(error);
  terminal.complain(
    `syncguard: internal error, ${kind}: ${escapeForTerminal(message)}\nhint: run it again with --debug and report what it prints\n`,
  );
  if (isDebugging && error instanceof Error) terminal.complain(`${error.stack ?? ''}\n`);
  return EXIT.internal;
}
