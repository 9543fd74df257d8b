// What a wrapped unit says that a guard in front of its daemon cannot live with, changed line by line, each with its reason.

import type { LeftOut } from './plan.ts';
import type { WrappedUnit } from './wrapped-unit.ts';

/** A line of the drop-in, and why it is there. */
export type Adaptation = LeftOut;

const YES = /^(yes|true|on|1)$/i;

/** `seconds`: how long the guard may need to end its daemon. */
export const adaptationsOf = (wrapped: WrappedUnit, seconds: number): Adaptation[] =>
  [
    ...SWITCHED_OFF.map((each) => switchedOff(each, wrapped)),
    processInformation(wrapped),
    systemCalls(wrapped),
    addressFamilies(wrapped),
    ...readiness(wrapped),
    stopTimeout(wrapped, seconds),
  ].filter((each) => each !== null);

const SWITCHED_OFF = [
  { key: 'MemoryDenyWriteExecute', reason: 'Node compiles what it runs.' },
  { key: 'ProtectControlGroups', reason: 'The guard makes a cgroup for the daemon.' },
] as const;

function switchedOff(
  { key, reason }: (typeof SWITCHED_OFF)[number],
  { said }: WrappedUnit,
): Adaptation | null {
  return YES.test(said(key) ?? '') ? { line: `${key}=no`, reason } : null;
}

const processInformation = ({ said }: WrappedUnit): Adaptation | null =>
  said('ProcSubset') === 'pid' ? { line: 'ProcSubset=all', reason: 'Walls are read from /proc.' } : null;

/** Of a list of what is forbidden nothing is known to be missing. */
function systemCalls({ said }: WrappedUnit): Adaptation | null {
  const list = said('SystemCallFilter');
  const isEnough = list === null || list.startsWith('~') || list.includes('@system-service');
  return isEnough ? null : { line: 'SystemCallFilter=@system-service', reason: 'What Node calls.' };
}

function addressFamilies({ said }: WrappedUnit): Adaptation | null {
  const list = said('RestrictAddressFamilies');
  const isEnough = list === null || list.startsWith('~') || list.includes('AF_UNIX');
  return isEnough
    ? null
    : { line: 'RestrictAddressFamilies=AF_UNIX', reason: 'The guard is spoken to by a socket.' };
}

/** The daemon tells systemd itself (--pass-notify), from behind the gate, and from another process than the unit's main one. */
function readiness({ type, said }: WrappedUnit): Adaptation[] {
  if (!isNotifying(type)) return type === 'dbus' ? [WAITING] : [];
  const watchdog = { line: 'WatchdogSec=0', reason: 'A paused daemon cannot answer a watchdog.' };
  return [
    { line: 'NotifyAccess=all', reason: 'The daemon is a child of the guard.' },
    WAITING,
    ...(said('WatchdogSec') === null ? [] : [watchdog]),
  ];
}

const WAITING: Adaptation = {
  line: 'TimeoutStartSec=infinity',
  reason: 'The gate may wait until the daemon fits.',
};

export const isNotifying = (type: WrappedUnit['type']): boolean =>
  type === 'notify' || type === 'notify-reload';

function stopTimeout({ said }: WrappedUnit, seconds: number): Adaptation | null {
  const given = secondsOf(said('TimeoutStopSec') ?? said('TimeoutSec'));
  return given === null || given >= seconds
    ? null
    : {
        line: `TimeoutStopSec=${seconds}`,
        reason: 'From TERM to the end of a daemon that writes its state down.',
      };
}

const SECONDS_OF: Readonly<Record<string, number>> = { '': 1, s: 1, sec: 1, min: 60, m: 60, h: 3_600 };

/** `90`, `1min 30s` (systemd.time(7)); null: not set, or in words that we do not read. */
function secondsOf(text: string | null): number | null {
  if (text === null || !/^(\d+ ?(s|sec|min|m|h)? *)+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+) ?(s|sec|min|m|h)?/g)];
  return parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (SECONDS_OF[unit] ?? 0), 0);
}
