// The guard while it has no daemon: it can be found, and hears what a person asks.
// Knows: how an order reaches it, and how long it waits. May not know: why there is no daemon, or what follows.
//
// A companion brings orders where one lives. At a hold of the guard's own start there is none, and beside a daemon that is
// not there 50 MiB would be a high price for one order: so a slip of paper is looked for in the guard's directory.

import { readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Rule, ruleIndex } from '../domain/lifecycle.ts';
import { type GuardOrder, ORDER_SLIP, parseGuardOrder } from '../formats/control-message.ts';
import { type GuardRecord, KINDS } from '../formats/guard-record.ts';
import { readOwnIdentity } from './own-identity.ts';
import type { Stage } from './stage.ts';

/** One failed open a second: nobody who types an order waits longer. */
const LOOK_MS = 1_000;

export interface Wait {
  readonly kind: 'waiting' | 'held';
  readonly rule: Rule;
  readonly delayMs: number;
}

/** Until then, or until a restart by hand is asked for, which ends a hold too; false: a stop was asked for. */
export function waitOut(stage: Stage, { kind, rule, delayMs }: Wait): Promise<boolean> {
  const { watchpost } = stage;
  if (!watchpost.isAnnounced) announceIdle(stage);
  if (!isSaid(watchpost.chronicle.record, { kind, rule })) watchpost.chronicle.note(kind, delayMs, rule);
  return new Promise((resolve) => {
    const settle = (isWanted: boolean): void => {
      clearTimeout(timer);
      clearInterval(looks);
      watchpost.orders = () => {};
      resolve(isWanted);
    };
    const obey = ({ order }: GuardOrder): void => {
      if (order !== 'restart' && order !== 'stop') return;
      if (order === 'restart') watchpost.chronicle.note('waiting', 0, 'command');
      settle(order === 'restart');
    };
    watchpost.orders = obey;
    const timer = setTimeout(settle, delayMs, true);
    const looks = setInterval(() => {
      const order = watchpost.place === null ? null : takeSlip(watchpost.place.directory);
      if (order !== null) obey(order);
    }, LOOK_MS);
  });
}

/** A gate that refuses for days would push every decision out of the ring. */
const isSaid = (last: GuardRecord, { kind, rule }: Pick<Wait, 'kind' | 'rule'>): boolean =>
  last.kind === KINDS.indexOf(kind) && last.rule === ruleIndex(rule);

/** null: there is none, or it says nothing that is an order. */
function takeSlip(directory: string): GuardOrder | null {
  const path = join(directory, ORDER_SLIP);
  try {
    const text = readFileSync(path, 'latin1');
    unlinkSync(path);
    return parseGuardOrder(text.trimEnd());
  } catch {
    return null;
  }
}

/** Before the first start there is nobody to tell of but the guard itself. */
function announceIdle({ watchpost, command, options }: Stage): void {
  watchpost.announce({
    ...readOwnIdentity(),
    daemonPid: null,
    command,
    profile: options.daemon ?? 'not known yet',
    rooms: [],
    protection: 'none: nothing has been started',
    walls: [],
    lease: 'none',
    startedAt: new Date().toISOString(),
  });
}
