// What an existing unit says of its command, and whether a guard can stand in front of it.

import { failure, type Result, success } from '../domain/result.ts';

export interface WrappedUnit {
  /** With its suffix. */
  readonly unit: string;
  readonly scope: 'system' | 'user';
  /** ExecStart= behind its prefix characters, as it is written: specifiers, variables and quotes are systemd's to read. */
  readonly command: string;
  /** Of `-:+!|`, as they stood in front. */
  readonly prefix: string;
  readonly type: UnitType;
  /** Restart= in our words. */
  readonly restart: 'never' | 'on-failure' | 'always';
  /** The last value of any other setting; null: it is not set. */
  readonly said: (key: string) => string | null;
}

const GUARDABLE = ['simple', 'exec', 'idle', 'notify', 'notify-reload', 'dbus', 'oneshot'] as const;
export type UnitType = (typeof GUARDABLE)[number];

interface UnitText {
  readonly unit: string;
  readonly scope: 'system' | 'user';
  /** Values of a key in the order they count. */
  readonly values: (key: string) => readonly string[];
}

/** The error is one clause behind the unit's name. */
export function parseWrappedUnit({ unit, scope, values }: UnitText): Result<WrappedUnit, string> {
  const said = (key: string): string | null => values(key).at(-1) ?? null;
  const commands = values('ExecStart');
  const [line] = commands;
  if (line === undefined) return failure('has no ExecStart=: nothing runs there');
  if (commands.length > 1) return failure(`has ${commands.length} ExecStart=, and only one can be guarded`);
  const type = typeOf(said);
  if (!type.ok) return type;
  const elsewhere = ['RootDirectory', 'RootImage'].find((key) => said(key) !== null);
  if (elsewhere !== undefined)
    return failure(`runs below another root (${elsewhere}=), where syncguard is not`);
  const [, prefix = '', command = ''] = /^([-@:+!|]*)\s*(.*)$/s.exec(line) ?? [];
  if (prefix.includes('@')) return failure('gives its program another name (@ in ExecStart=)');
  if (/(^|\s);(\s|$)/.test(command)) return failure('starts several commands in one ExecStart=');
  return success({ unit, scope, command, prefix, type: type.value, restart: restartOf(said), said });
}

function typeOf(said: WrappedUnit['said']): Result<UnitType, string> {
  const word = said('Type') ?? (said('BusName') === null ? 'simple' : 'dbus');
  if (word === 'forking')
    return failure(
      'is Type=forking: the program that systemd starts ends at once, and what it leaves behind cannot be told from here; ' +
        'let it stay in the foreground and set Type=exec',
    );
  const type = GUARDABLE.find((one) => one === word);
  return type === undefined ? failure(`is Type=${word}, which is not known`) : success(type);
}

/** systemd restarts nothing unless it is told to; its other words are kinds of failure. */
function restartOf(said: WrappedUnit['said']): WrappedUnit['restart'] {
  const word = said('Restart') ?? 'no';
  if (word === 'no') return 'never';
  return word === 'always' ? 'always' : 'on-failure';
}
