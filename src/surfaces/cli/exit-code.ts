// Every exit status of the command line but `run`'s, and how an error is said.

import { type ErrorCode, EXIT_CODE_OF, InvariantError, SyncguardError } from '../../domain/error.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import type { Terminal } from './terminal.ts';

export const EXIT = {
  ok: 0,
  warned: 1,
  failed: 2,
  partial: 65,
  unknown: 69,
  refused: 75,
} as const;

export const EXIT_OF_VERDICT: Readonly<Record<Verdict, number>> = {
  admit: EXIT.ok,
  throttle: EXIT.ok,
  refuse: EXIT.refused,
  unknown: EXIT.unknown,
};

interface Complaint {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** How an error is said: `isDebugging` with its stack. */
export interface ReportOptions {
  readonly isJson: boolean;
  readonly isDebugging: boolean;
}

/** One sentence with its code and the next command on stderr, with --json one object on stdout; the exit status that belongs to it. */
export function reportError(error: unknown, terminal: Terminal, options: ReportOptions): number {
  const { code, message, hint } = complaintOf(error);
  if (options.isJson)
    terminal.print(`${JSON.stringify({ schema: 'syncguard/error/1', code, message, hint })}\n`);
  else
    terminal.complain(
      `syncguard: ${escapeForTerminal(message)} [${code}]\nhint: ${escapeForTerminal(hint)}\n`,
    );
  if (options.isDebugging && error instanceof Error) terminal.complain(`${error.stack ?? ''}\n`);
  return EXIT_CODE_OF[code];
}

function complaintOf(error: unknown): Complaint {
  if (error instanceof SyncguardError) return error;
  const kind =
    error instanceof InvariantError ? 'a rule of its own was broken' : 'it met something it did not expect';
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: `internal error, ${kind}: ${message}`,
    hint: 'run it again with --debug and report what it prints',
  };
}
