// The processes of a daemon that has no cgroup: found by session, cookie and parent, held one by one, parents first.
// May not know: what they are stopped or ended for.

import { type MemberTraits, readMarkedProcesses } from './members.ts';
import { openTrackedProcess, type TrackedProcess } from './tracked-process.ts';

export type Marks = Omit<MemberTraits, 'home'>;

export class TrackedProcesses {
  readonly #marks: Marks;
  /** Living ones, each behind its parent. */
  #processes: TrackedProcess[] = [];

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  get all(): readonly TrackedProcess[] {
    return this.#processes;
  }

  /** A look at every process of the machine; opens files. */
  survey(): void {
    this.refresh();
    for (const process of this.#processes) process.openChildren();
    for (const pid of readMarkedProcesses(this.#marks)) this.#adopt(pid);
    this.refresh();
    this.#processes = parentsFirst(this.#processes);
  }

  /** By held descriptors: drops who has ended, adopts who was forked; opens files only for the latter. */
  refresh(): number {
    if (!this.#processes.every(isAlive)) this.#dropEnded();
    // The list grows behind the index while children of children are met.
    for (let index = 0; index < this.#processes.length; index++)
      this.#processes[index]?.eachChild((pid) => this.#adopt(pid));
    return this.#processes.length;
  }

  #dropEnded(): void {
    const living = this.#processes.filter(isAlive);
    for (const process of this.#processes) if (!living.includes(process)) process.close();
    this.#processes = living;
  }

  #adopt(pid: number): void {
    if (pid === process.pid || this.#processes.some((one) => one.pid === pid)) return;
    const process_ = openTrackedProcess(pid);
    if (process_?.isAlive()) this.#processes.push(process_);
    else process_?.close();
  }

  /** Those whose parent is not among them. */
  heads(): readonly TrackedProcess[] {
    return this.#processes.filter(({ parentPid }) => !this.#processes.some(({ pid }) => pid === parentPid));
  }

  close(): void {
    for (const process of this.#processes) process.close();
  }
}

const isAlive = (process: TrackedProcess): boolean => process.isAlive();

function parentsFirst(processes: readonly TrackedProcess[]): TrackedProcess[] {
  const parentOf = new Map(processes.map(({ pid, parentPid }) => [pid, parentPid]));
  const depth = (pid: number, steps = 0): number => {
    const parent = parentOf.get(pid);
    return parent === undefined || steps > parentOf.size ? steps : depth(parent, steps + 1);
  };
  return [...processes].sort((one, other) => depth(one.pid) - depth(other.pid));
}
