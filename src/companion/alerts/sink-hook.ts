// A command of the user's own, told by its environment.

import { basename } from 'node:path';
import { success } from '../../domain/result.ts';
import type { AlertSettings } from '../../domain/settings.ts';
import { alertVariables } from '../../formats/alert-text.ts';
import { runHook } from '../hook.ts';
import { type Sink, trouble } from './sink.ts';

/** null: none is wanted. */
export function hookSink({ hook: { command }, timeoutMs }: AlertSettings): Sink | null {
  const [file] = command;
  if (file === undefined) return null;
  return {
    name: 'hook',
    where: file,
    async deliver(message) {
      const failed = await runHook({ command, timeoutMs, environment: alertVariables(message) });
      return failed === null ? success(`${basename(file)} ended with status 0`) : trouble(failed);
    },
  };
}
