// What `attach` takes beside and instead of the options of `run`.

import { failure, success } from '../domain/result.ts';
import type { Setter } from './options.ts';

/** What `attach` guards. */
export type AttachTarget =
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'unit'; readonly unit: string };

/** Whom `attach` means. */
export const TARGETS: Readonly<Record<string, Setter>> = {
  '--pid': (value) =>
    /^[1-9]\d{0,9}$/.test(value)
      ? success({ target: { kind: 'pid', pid: Number(value) } })
      : failure(`${value} is not a process id`),
  '--unit': (value) => success({ target: { kind: 'unit', unit: value } }),
};

/** What is left of `run` where nothing is started, refused, restarted or passed on. */
export const ATTACH_OPTIONS: readonly string[] = [
  ...Object.keys(TARGETS),
  ...['--tree', '--daemon', '--exclude', '--barrier', '--throttle-at', '--pause-at', '--stop-at', '--lease'],
  ...['--companion', '--gate-timeout', '--dry-run', '--platform', '--config', '--color'],
  ...['--quiet', '-q', '--verbose', '-v'],
];
