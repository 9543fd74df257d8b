// Reads a file as a daemon does that compares contents: in blocks, each hashed.

import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { Counts } from './report.ts';

/** Dropbox's content hash is made of blocks of 4 MiB (its developer documentation). */
const BLOCK_BYTES = 4 * 1024 * 1024;

/** Hex digests of the file's blocks; none for an empty file, null for one that is gone or cannot be read. */
export async function hashBlocks(path: string, counts: Counts): Promise<readonly string[] | null> {
  let file: FileHandle | null = null;
  try {
    file = await open(path);
    const digests: string[] = [];
    const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, (await file.stat()).size + 1));
    for (;;) {
      const { bytesRead } = await file.read(block, 0, block.length);
      if (bytesRead === 0) return digests;
      digests.push(createHash('sha256').update(block.subarray(0, bytesRead)).digest('hex'));
      counts.readBytes += bytesRead;
    }
  } catch {
    counts.errors += 1;
    return null;
  } finally {
    await file?.close();
  }
}
