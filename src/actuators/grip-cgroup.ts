// A daemon held by its cgroup: nobody can leave it by forking, and one write holds them all.

import { failure, type Result, success } from '../domain/result.ts';
import type { Freezer } from './freezer.ts';
import type { Grip } from './grip.ts';
import type { MemberList } from './member-list.ts';
import { headsOf } from './members.ts';
import { sendSignal } from './signal.ts';

/** Continues what is stopped; who runs, or is frozen by its cgroup, does not notice. */
const HARMLESS = 'SIGCONT';
const REHEARSED = { ask: HARMLESS, end: HARMLESS } as const;
const IN_EARNEST = { ask: 'SIGTERM', end: 'SIGKILL' } as const;
/** Above PID_MAX_LIMIT: what a signal to nobody leaves is made once before it is needed. */
const NOBODY = 4_194_305;
/** An act is a dozen kernel files: 2 ms. */
const REHEARSALS = 10;

export class CgroupGrip implements Grip {
  readonly kind: 'unified' | 'legacy-freezer';
  readonly reason: string;
  readonly #freezer: Freezer;
  readonly #list: MemberList;
  /** As of the last survey; those that are members no more are passed over. */
  #heads: readonly number[] = [];
  #isHeldByUs = false;
  #signals: typeof REHEARSED | typeof IN_EARNEST = IN_EARNEST;

  constructor(freezer: Freezer, list: MemberList) {
    this.kind = freezer.kind;
    this.reason = freezer.directory;
    this.#freezer = freezer;
    this.#list = list;
  }

  freeze(): boolean {
    const isAsked = this.#freezer.freeze();
    this.#isHeldByUs ||= isAsked;
    return isAsked;
  }

  thaw(): boolean {
    const isAsked = this.#freezer.thaw();
    if (isAsked) this.#isHeldByUs = false;
    return isAsked;
  }

  /** Without cgroup.kill: frozen first, so that nobody forks while the list is gone through; thawed last, or none of them dies on v1. */
  kill(): boolean {
    if (this.#freezer.kill?.(this.#signals === REHEARSED) === true) return this.thaw();
    const isFrozen = this.freeze();
    const isTaken = this.#list.signalUntilStill(this.#signals.end);
    return this.thaw() && isFrozen && isTaken;
  }

  /**
   * Thawed first: a TERM sent to a frozen task of v1 stays an ordinary pending signal, and a task that goes on into the
   * wait for memory of a waiting cgroup is woken by a deadly one only (6.18: 5 of 5 waited until KILL).
   */
  terminate(): void {
    this.#list.read();
    this.thaw();
    this.#tellHeads(this.#signals.ask);
    // A process that somebody stopped would not hear it.
    this.#list.signal('SIGCONT');
  }

  #tellHeads(signal: NodeJS.Signals): void {
    let told = 0;
    for (const pid of this.#heads) if (this.#list.has(pid) && sendSignal(pid, signal) === 'sent') told += 1;
    if (told === 0) this.#list.signal(signal);
  }

  isFrozen(): boolean {
    return this.#freezer.isFrozen();
  }

  isFrozenByOthers(): boolean {
    return this.#freezer.isFrozenAbove() || (!this.#isHeldByUs && this.#freezer.isSwitchedOn());
  }

  refresh(): number {
    return this.#list.read();
  }

  members(): readonly number[] {
    return this.#list.copy();
  }

  survey(): void {
    this.#list.readNow();
    this.#heads = headsOf(this.#list.copy());
  }

  rehearse(): Result<void, string> {
    const count = this.refresh();
    if (count < 0) return failure(`${this.#list.path} cannot be read`);
    if (count > 0) return this.#rehearseOnMembers();
    // Somebody else's freeze would be undone by the thaw below.
    if (this.isFrozenByOthers()) return failure(`${this.reason} is frozen by somebody else`);
    const hasActed = this.freeze() && this.#freezer.isFrozen() && this.kill();
    this.terminate();
    return hasActed && !this.#freezer.isFrozen()
      ? success(undefined)
      : failure(`${this.#freezer.trouble || this.reason} does not freeze and thaw`);
  }

  /** Every act as it will be, but for a signal that harms nobody who is not stopped; and once to nobody. */
  #rehearseOnMembers(): Result<void, string> {
    let isTaken = true;
    this.#signals = REHEARSED;
    for (let count = 0; count < REHEARSALS; count++) {
      sendSignal(NOBODY, HARMLESS);
      this.terminate();
      isTaken = this.kill() && isTaken;
    }
    this.#signals = IN_EARNEST;
    return isTaken ? success(undefined) : failure('a process of it takes no signals from us');
  }

  close(): void {
    this.#freezer.close();
    this.#list.close();
  }
}
