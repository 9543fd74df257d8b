// -f FILE: a beancounter table somebody saved.

import { readFileSync } from 'node:fs';
import { SyncguardError } from '../../domain/error.ts';
import { errnoOf } from '../../kernel/errno.ts';

export interface SavedTable {
  readonly text: string;
  /** The file's name, or `standard input`. */
  readonly origin: string;
}

/** `-` is standard input. */
export function readSavedTable(file: string): SavedTable {
  const origin = file === '-' ? 'standard input' : file;
  try {
    return { text: readFileSync(file === '-' ? 0 : file, 'latin1'), origin };
  } catch (error) {
    const errno = errnoOf(error);
    const isDenied = errno === 'EACCES' || errno === 'EPERM';
    throw new SyncguardError(
      errno === 'ENOENT' ? 'tree-missing' : isDenied ? 'denied' : 'io',
      `${origin} could not be read (${errno}).`,
      isDenied
        ? `it is readable by root alone: sudo cat ${file} | syncguard estimate -f - TREE`
        : 'name a file that holds a beancounter table',
      error,
    );
  }
}
