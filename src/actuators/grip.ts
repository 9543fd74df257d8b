// How the whole daemon is held: what every grip can do, whatever the kernel offers.
// Knows: freeze, thaw, end, and who is held. May not know: walls, bands, why.
//
//   grip            freezes by                kills by                        knows its members by
//   unified         cgroup.freeze             cgroup.kill (5.14), or as below  cgroup.procs
//   legacy-freezer  freezer.state             freeze, list, KILL, thaw        cgroup.procs
//   signals         STOP, parents first       STOP, KILL                      session, cookie, children

import type { Result } from '../domain/result.ts';

/** Every act works on descriptors opened before; none throws, waits, or opens a file, but where it says so. */
export interface Grip {
  readonly kind: 'unified' | 'legacy-freezer' | 'signals';
  /** One clause for the start line: by what, or why by no better. */
  readonly reason: string;
  /** False: it could not be asked for, or not of every process. The kernel may need a moment: see isFrozen. */
  freeze(): boolean;
  /** Continues what this grip froze; false: it could not be asked for. */
  thaw(): boolean;
  /** Ends every process, frozen or not. False: something may be left; to be called again until refresh is 0. */
  kill(): boolean;
  /** TERM to the heads, then everything continues, so that a frozen daemon hears it. */
  terminate(): void;
  /** Whether every process really stands still. */
  isFrozen(): boolean;
  /** Whether somebody else holds it: a frozen cgroup above, or a stop that is not ours. */
  isFrozenByOthers(): boolean;
  /**
   * Counts the members by held descriptors; -1: they could not be read, and the last list stands. On v1 the kernel tells
   * no more than once in 1.1 s, and the count between is the last one.
   */
  refresh(): number;
  /** The last list, as a copy: for calm times. */
  members(): readonly number[];
  /** Opens files, so for calm times: finds who leads, and without a cgroup who has joined. */
  survey(): void;
  /**
   * The whole act path, with CONT in place of TERM and KILL where there are processes, which must run or wait freely. An
   * error says what would not work.
   */
  rehearse(): Result<void, string>;
  close(): void;
}
