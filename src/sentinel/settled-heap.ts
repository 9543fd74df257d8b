// The heap as it shall stay: every page that V8 will come to is there before there is a wall, and none is given back.
// Knows: what its collector touches. May not know: what the heap is used for.
//
// At an exhausted memory cgroup the first touch of a page waits for ever, and there is no other way to hang: what a system
// call asks for is refused. Flags of the launcher keep V8 from giving pages back (--predictable: without it V8 uncommits
// half of the young generation after every scavenge of a program that allocates slowly, and each tick then touches a new
// page) and from compiling again. The guard scavenges by itself, long before the young generation is full, so that most of
// its 2 MiB need never be touched: V8's own task for that writes to the loop's eventfd, and libuv aborts where that fails.

/** V8's own, by --expose-gc of the launcher. Without an argument it is all of the heap; Node 20 takes any object for `minor`. */
type Collect = (options?: { type: 'minor' | 'major'; flavor?: 'last-resort' }) => void;
declare const gc: Collect | undefined;

const PIECE_WORDS = 256;
const PIECE_BYTES: number = PIECE_WORDS * 8;
/** More than the ticks between two scavenges leave (guard.ts): the depth to which the young generation is filled. */
const BURST_BYTES: number = 256 * 1024;
/** A page of V8: what is compiled or survives later finds room in pages that are there (measured: some 20 KiB in 20 s). */
const ROOM_BYTES: number = 256 * 1024;
const ROUND_BYTES: number = 64 * 1024;

/** Ends a stretch of work that makes garbage, so that the next one uses the same pages again; 0.1 ms. */
export function collectYoung(): void {
  if (typeof gc === 'function') gc({ type: 'minor' });
}

/**
 * Packs the heap, makes room in the old generation, and fills both halves of the young one. 10 to 20 ms, and 40 to 120 pages
 * that were given back are asked for again: never while anything fills.
 */
export function settleHeap(): number {
  // Once for its own sake: what it makes when it runs for the first time shall not lie in the last page.
  const kept = makeRoom();
  if (typeof gc === 'function') {
    // Packs and gives back empty pages, which a plain one of Node 22 and newer keeps for later.
    gc({ type: 'major', flavor: 'last-resort' });
    gc();
  }
  return kept + makeRoom() + fillYoung();
}

/** The young generation alone, in 1 ms: at most what a slow start has left is asked for, mostly nothing. */
export const refillYoung = (): number => litter(BURST_BYTES) + litter(BURST_BYTES);

/** What was moved to the old generation is garbage there by now: collected, it is room in touched pages. */
function fillYoung(): number {
  const kept = litter(BURST_BYTES);
  if (typeof gc === 'function') gc();
  return kept + litter(BURST_BYTES) + litter(BURST_BYTES);
}

/** What survives two scavenges is moved to the old generation; afterwards it is garbage there. */
function makeRoom(): number {
  const room: number[][] = [];
  for (let made = 0; made < ROOM_BYTES; made += PIECE_BYTES) {
    room.push(new Array<number>(PIECE_WORDS).fill(made));
    if (made % ROUND_BYTES === 0) collectYoung();
  }
  collectYoung();
  collectYoung();
  return room.length;
}

function litter(bytes: number): number {
  let kept = 0;
  for (let made = 0; made < bytes; made += PIECE_BYTES)
    kept += new Array<number>(PIECE_WORDS).fill(made).length;
  collectYoung();
  return kept;
}
