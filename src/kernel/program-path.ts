// Where a program is that we start ourselves.

import { accessSync, constants } from 'node:fs';
import { attempt } from './kernel-file.ts';

/** The first executable `name` in `path`'s absolute directories, as in PATH; null: there is none. */
export function findProgram(name: string, path: string): string | null {
  const files = path.split(':').map((directory) => `${directory}/${name}`);
  return files.find((file) => file.startsWith('/') && isExecutable(file)) ?? null;
}

const isExecutable = (file: string): boolean => attempt(file, () => accessSync(file, constants.X_OK)).ok;
