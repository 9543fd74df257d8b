// lsyncd's status file: which sources a configuration came to when it ran, where Lua computes them.

import { resolve } from 'node:path';
import { flagValue } from './argv.ts';
import { readConfigText } from './config-text.ts';
import type { RootsRequest } from './root.ts';

export interface LsyncdStatus {
  readonly path: string;
  readonly sources: readonly string[];
}

/** What the running or last run lsyncd wrote down; null: it keeps no status file, or there is none yet. */
export function readLsyncdStatus(configuration: string, request: RootsRequest): LsyncdStatus | null {
  const written = /\bstatusFile\s*=\s*(?:"([^"\n]*)"|'([^'\n]*)')/.exec(configuration);
  const said = flagValue(request.argv, ['statusfile', 'status']) ?? written?.[1] ?? written?.[2];
  if (said === undefined) return null;
  const path = resolve(request.env['PWD'] ?? request.home, said);
  const read = readConfigText(path, request.sysroot);
  const sources = read.kind === 'text' ? [...read.text.matchAll(/^Sync\d+ source=(.+)$/gm)] : [];
  return sources.length === 0 ? null : { path, sources: sources.map(([, source = '']) => resolve(source)) };
}
