// The switches of the stand-in daemon, and what each is when it is left out.
// Knows: names, defaults and shapes of values. May not know: process.argv, whether a path exists.

import { parseArgs } from 'node:util';
import { failure, type Result, success } from '../../../domain/result.ts';

/** How it departs from a daemon that merely syncs. */
export type Mode =
  | { readonly kind: 'normal' }
  /** After `updateAfterMs` it unpacks a new version, starts that in a session of its own, and exits 0. */
  | { readonly kind: 'update' }
  /** The pid file holds `2`, as it does where the writer sat in another pid namespace. */
  | { readonly kind: 'wrongpid' }
  /** Aborts once that many files were seen. */
  | { readonly kind: 'panic'; readonly atFiles: number };

export const ORDERS = ['found', 'name', 'shuffled'] as const;
/** `found`: as the filesystem lists them; the other two are the same on every run. */
export type Order = (typeof ORDERS)[number];

export interface StandInOptions {
  /** The folder that is synced. */
  readonly root: string;
  /** Its own `~/.dropbox`: pid file, sockets, info.json. */
  readonly state: string;
  readonly mode: Mode;
  readonly updateAfterMs: number;
  readonly socketAfterMs: number;
  readonly isLinked: boolean;
  readonly rssBaseBytes: number;
  readonly rssPerFileBytes: number;
  /** Tasks in total, as /proc/PID/task counts them; Node's own are not taken away. */
  readonly threads: number;
  readonly delayPerFileMs: number;
  readonly delayPerWatchMs: number;
  readonly order: Order;
  readonly seed: number;
  readonly watches: boolean;
  /** Reads and hashes every file. */
  readonly reads: boolean;
  /** Opens and watches every entry, without a pause. */
  readonly pins: boolean;
  /** 0: none. */
  readonly anonBytesPerSecond: number;
  readonly anonLimitBytes: number;
  /** How long after "Up to date" pins and anonymous memory begin to grow; null: from the start. */
  readonly growAfterMs: number | null;
  readonly hasHelper: boolean;
  /** Where this version was unpacked; null: not started by its launcher. */
  readonly versionDirectory: string | null;
  readonly reportFd: number | null;
  /** Ends as after TERM when standard input does: whoever watches over it is gone. */
  readonly endsWithStdin: boolean;
}

const SWITCHES = {
  root: { type: 'string' },
  state: { type: 'string' },
  mode: { type: 'string', default: 'normal' },
  'update-after': { type: 'string', default: '1000' },
  // Reported: 1 to 5 s after the pid file.
  'socket-after': { type: 'string', default: '1000' },
  unlinked: { type: 'boolean', default: false },
  // Reported for Dropbox in 2012.
  'rss-base': { type: 'string', default: '200000000' },
  // Daemons that could be measured: 0.8 to 2 KB.
  'rss-per-file': { type: 'string', default: '1500' },
  threads: { type: 'string', default: '4' },
  'delay-per-file': { type: 'string', default: '0' },
  'delay-per-watch': { type: 'string', default: '0' },
  order: { type: 'string', default: 'name' },
  seed: { type: 'string', default: '1' },
  watch: { type: 'string', default: 'directories' },
  read: { type: 'boolean', default: false },
  'pin-rate': { type: 'boolean', default: false },
  'anon-rate': { type: 'string', default: '0' },
  // So that one forgotten on a machine without a limit does not take all of it.
  'anon-limit': { type: 'string', default: '1000000000' },
  'grow-after': { type: 'string' },
  'helper-group': { type: 'boolean', default: false },
  'version-directory': { type: 'string' },
  'report-fd': { type: 'string' },
  'ends-with-stdin': { type: 'boolean', default: false },
} as const;

/** `home` is where root and state lie when they are not named. The error is one clause about the first bad word. */
export function parseStandInOptions(words: readonly string[], home: string): Result<StandInOptions, string> {
  try {
    const { values } = parseArgs({ args: [...words], options: SWITCHES, strict: true });
    return success({
      root: values.root ?? `${home}/Dropbox`,
      state: values.state ?? `${home}/.dropbox`,
      mode: modeOf(values.mode),
      updateAfterMs: numberOf('update-after', values['update-after']),
      socketAfterMs: numberOf('socket-after', values['socket-after']),
      isLinked: !values.unlinked,
      rssBaseBytes: numberOf('rss-base', values['rss-base']),
      rssPerFileBytes: numberOf('rss-per-file', values['rss-per-file']),
      threads: numberOf('threads', values.threads),
      delayPerFileMs: numberOf('delay-per-file', values['delay-per-file']),
      delayPerWatchMs: numberOf('delay-per-watch', values['delay-per-watch']),
      order: wordOf('order', values.order, ORDERS),
      seed: numberOf('seed', values.seed),
      watches: wordOf('watch', values.watch, ['directories', 'none']) === 'directories',
      reads: values.read,
      pins: values['pin-rate'],
      anonBytesPerSecond: numberOf('anon-rate', values['anon-rate']),
      anonLimitBytes: numberOf('anon-limit', values['anon-limit']),
      growAfterMs: optionalNumber('grow-after', values['grow-after']),
      hasHelper: values['helper-group'],
      versionDirectory: values['version-directory'] ?? null,
      reportFd: optionalNumber('report-fd', values['report-fd']),
      endsWithStdin: values['ends-with-stdin'],
    });
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
}

function modeOf(word: string): Mode {
  const [kind, at] = word.split('=');
  if (kind === 'panic-at' && at !== undefined) return { kind: 'panic', atFiles: numberOf('mode', at) };
  return { kind: wordOf('mode', word, ['normal', 'update', 'wrongpid']) };
}

function wordOf<T extends string>(name: string, word: string, known: readonly T[]): T {
  const found = known.find((one) => one === word);
  if (found === undefined) throw new RangeError(`--${name} ${word} is not one of ${known.join(', ')}`);
  return found;
}

/** Bytes, milliseconds or items, whole or with a fraction. */
function numberOf(name: string, word: string): number {
  const value = Number(word);
  if (word.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new RangeError(`--${name} ${word} is not a number of 0 or more`);
}

const optionalNumber = (name: string, word: string | undefined): number | null =>
  word === undefined ? null : numberOf(name, word);
