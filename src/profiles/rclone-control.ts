// Where a running rclone takes orders: its remote control, as the command line and the environment have it.

import { basename } from 'node:path';
import { parseRcloneCommand } from './rclone-command.ts';

export interface RcloneApiPlace {
  /** `localhost:5572`, `:5572`, `127.0.0.1:5572`, or an absolute path of a socket. */
  readonly address: string;
  readonly isTls: boolean;
  /** Of --rc-user; null: it asks for none, as far as is known (an htpasswd file keeps its own). */
  readonly login: { readonly user: string; readonly password: string } | null;
  /** Before every path, without a slash at its end. */
  readonly basePath: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** null: it was started without one, or has a timetable of limits, which one limit would end for good. */
export function readRcloneControl(argv: readonly string[], env: Environment): RcloneApiPlace | null {
  // Behind whatever stands in front of it: nice, env, a shell's words.
  const command = parseRcloneCommand(argv.slice(Math.max(0, argv.findIndex(isRclone))));
  const said = (name: string): string | undefined =>
    command.flags.get(name)?.at(-1) ?? env[`RCLONE_${name.replaceAll('-', '_').toUpperCase()}`];
  const isOn = command.subcommand === 'rcd' || isTrue(said('rc'));
  if (!isOn || /\d:\d\d,/.test(said('bwlimit') ?? '')) return null;
  const user = said('rc-user');
  return {
    address: (said('rc-addr') || 'localhost:5572').replace(/^unix:\/\//, ''),
    isTls: said('rc-cert') !== undefined,
    login: user === undefined ? null : { user, password: said('rc-pass') ?? '' },
    basePath: (said('rc-baseurl') ?? '').replace(/^\/?(.*?)\/?$/, (_, path: string) => path && `/${path}`),
  };
}

const isRclone = (word: string): boolean => basename(word) === 'rclone';

/** A switch that stands there has ''; the environment says `true`. */
const isTrue = (value: string | undefined): boolean => value === '' || value === 'true' || value === '1';
