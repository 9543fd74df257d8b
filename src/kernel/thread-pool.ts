// libuv's pool of threads, which answers what node:fs is asked for asynchronously.

/** Readers of a cold disk: 4, libuv's own number, take 1.6 times as long on ext4 of a virtual disk, more gain nothing. */
const COLD_READERS = 16;

/**
 * As many threads as a cold disk can use, unless the user has said how many. libuv reads the variable when the pool is
 * first used (Node 20, 22, 24): once it was, nothing changes any more.
 */
export function deepenThreadPool(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= String(COLD_READERS);
}
