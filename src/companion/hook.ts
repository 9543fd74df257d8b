// Other people's short commands, run beside a restart or to tell somebody: the door of execa, loaded when the first one is run.
// Knows: how one ends. May not know: when it is run, or what for.

import { renderDuration } from '../formats/quantity-text.ts';

export interface HookCall {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  /** Beside the companion's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** What it reads on its standard input; absent: nothing. */
  readonly input?: string;
}

/** TERM is given so long before KILL. */
const GRACE_MS = 2_000;
/** What a hook says is shown where it fails; more than that is not kept. */
const MOST_SAID_BYTES = 16_384;

/** null: it ended with 0; else why not, in one clause with the last line it said. */
export async function runHook({ command, timeoutMs, environment, input }: HookCall): Promise<string | null> {
  const [file = '', ...words] = command;
  try {
    const { execa } = await import('execa');
    const ended = await execa(file, words, {
      env: environment,
      timeout: timeoutMs,
      forceKillAfterDelay: GRACE_MS,
      reject: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      all: true,
      maxBuffer: MOST_SAID_BYTES,
    });
    if (!ended.failed) return null;
    if (ended.timedOut) return `${file} took longer than ${renderDuration(timeoutMs)}`;
    const last = ended.all.trim().split('\n').at(-1) ?? '';
    const status =
      ended.exitCode === undefined ? (ended.code ?? 'it did not start') : `status ${ended.exitCode}`;
    return `${file} failed (${ended.signal ?? status})${last === '' ? '' : `: ${last}`}`;
  } catch (error) {
    // A word with a NUL in it, say: no program takes that.
    return `${file} could not be run: ${error instanceof Error ? error.message : String(error)}`;
  }
}
