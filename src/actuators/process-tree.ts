// The processes of a daemon that somebody else started: it bears no mark of ours, and may have no cgroup of its own.
// Knows: who descends from whom, and who leads a session. May not know: what is done to a process.

import { readKernelDirectory } from '../kernel/kernel-file.ts';
import { isAlive, type ProcessPlace, readProcessPlace } from '../kernel/process-place.ts';

export class ProcessTree {
  /** Start ticks by pid of those that lived at the last look: a pid that is used again is nobody of ours. */
  readonly #members: Map<number, number> = new Map();
  /** Led by a member, living or not: a leader that leaves its session behind has not ended the daemon. */
  readonly #sessions: Set<number> = new Set();

  /** With all who descend from `heads`, and who is in a session that one of these leads. */
  constructor(heads: readonly number[]) {
    for (const pid of heads) {
      const place = readProcessPlace(pid);
      if (isAlive(place)) this.#admit(pid, place);
    }
  }

  /** Living ones, parents first. A look at every process of the machine; who was forked since is admitted. */
  read(): number[] {
    const places = readPlaces();
    for (const [pid, startTicks] of this.#members)
      if (places.get(pid)?.startTicks !== startTicks) this.#members.delete(pid);
    // A session's number is free for others once nobody is left in it.
    for (const session of this.#sessions)
      if (![...places.values()].some(({ sessionId }) => sessionId === session))
        this.#sessions.delete(session);
    while (this.#admitRelatives(places));
    return [...this.#members.keys()];
  }

  /** true: there was one more, who may have children in turn. */
  #admitRelatives(places: ReadonlyMap<number, ProcessPlace>): boolean {
    const before = this.#members.size;
    for (const [pid, place] of places) {
      const isRelated = this.#members.has(place.parentPid) || this.#sessions.has(place.sessionId);
      if (isRelated && !this.#members.has(pid)) this.#admit(pid, place);
    }
    return this.#members.size > before;
  }

  #admit(pid: number, { startTicks, sessionId }: ProcessPlace): void {
    this.#members.set(pid, startTicks);
    if (sessionId === pid) this.#sessions.add(pid);
  }
}

/** Of every living process but this one. */
function readPlaces(): Map<number, ProcessPlace> {
  const names = readKernelDirectory('', '/proc');
  const places = new Map<number, ProcessPlace>();
  for (const name of names.ok ? names.value : []) {
    const pid = Number(name);
    if (!(pid > 0) || pid === process.pid) continue;
    const place = readProcessPlace(pid);
    if (isAlive(place)) places.set(pid, place);
  }
  return places;
}
