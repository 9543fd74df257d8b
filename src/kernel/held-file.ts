// Kernel files that are opened once and read or written again and again: all that the guard's tick does to files.
// Knows: descriptors, buffers made at the start, errno. May not know: what a file says.
//
// At an exhausted container an open may fail where a held descriptor still answers (OpenVZ 042, recorded: stat, open and
// exec of what is not cached fail, held descriptors work). So nothing is opened after the start, and trouble is `false`
// and a word, never a throw.

import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import type { Result } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { errnoOf } from './errno.ts';
import { attempt, locate, type Sysroot } from './kernel-file.ts';

const NEWLINE = 0x0a;

/** A file held open for reading, and the buffer it is read into. */
export interface HeldFile {
  readonly path: string;
  readonly fd: number;
  readonly buffer: Uint8Array;
  /** Bytes of `buffer` that the last read filled; 0 after a read that failed. */
  readonly length: number;
  /** Why the last read failed: an errno, `empty`, `too long` or `cut`; '' when it did not. */
  readonly errno: string;
  /** One pread of the whole text. False: an error, nothing, more than the buffer holds, or no newline at the end. */
  read(): boolean;
  /** As read, by as many preads as it takes: seq files of several records give at most a page at a time. */
  readToEnd(): boolean;
  close(): void;
}

/** A file held open for writing. */
export interface HeldWriter {
  readonly path: string;
  /** Why the last write failed: an errno, or `short`; '' when it did not. */
  readonly errno: string;
  /** One write of all bytes, as the kernel wants it. */
  write(bytes: Uint8Array): boolean;
  close(): void;
}

/** Opens for reading with a buffer of `bytes`, which must exceed the longest text: a read that fills it is a gap. */
export const openHeld = (path: string, bytes: number, sysroot: Sysroot = ''): Result<HeldFile, Gap> =>
  attempt(path, () => new OpenFile(path, openSync(locate(sysroot, path), constants.O_RDONLY), bytes));

/** Opens for writing; never creates the file. */
export const openHeldWriter = (path: string): Result<HeldWriter, Gap> =>
  attempt(path, () => new OpenWriter(path, openSync(path, constants.O_WRONLY)));

class OpenFile implements HeldFile {
  readonly path: string;
  readonly fd: number;
  readonly buffer: Uint8Array;
  length = 0;
  errno = '';
  // After close the number may be somebody else's: it is neither closed again nor read.
  private isOpen = true;

  constructor(path: string, fd: number, bytes: number) {
    this.path = path;
    this.fd = fd;
    // Written to, so that its pages exist before the container is exhausted.
    this.buffer = new Uint8Array(bytes).fill(NEWLINE);
  }

  read(): boolean {
    const read = this.pread(0);
    if (read === 0) return this.fail('empty');
    return read < 0 ? false : this.accept(read);
  }

  readToEnd(): boolean {
    let total = 0;
    while (total < this.buffer.length) {
      const read = this.pread(total);
      if (read < 0) return false;
      if (read === 0) return total === 0 ? this.fail('empty') : this.accept(total);
      total += read;
    }
    return this.fail('too long');
  }

  /**
   * Bytes read at `position`, into the same place of the buffer; -1 on an error. Of the forms of readSync, five numbers
   * are the leanest: at most 2 bytes of heap a call on Node 20.19 to 24.21 once compiled; an options object costs 15 on
   * 24, a bigint position 72 to 96.
   */
  private pread(position: number): number {
    try {
      if (this.isOpen)
        return readSync(this.fd, this.buffer, position, this.buffer.length - position, position);
      this.fail('EBADF');
    } catch (error) {
      this.fail(errnoOf(error));
    }
    return -1;
  }

  private accept(length: number): boolean {
    if (length === this.buffer.length) return this.fail('too long');
    if (this.buffer[length - 1] !== NEWLINE) return this.fail('cut');
    this.length = length;
    this.errno = '';
    return true;
  }

  private fail(errno: string): false {
    this.length = 0;
    this.errno = errno;
    return false;
  }

  close(): void {
    if (this.isOpen) closeSync(this.fd);
    this.isOpen = false;
  }
}

class OpenWriter implements HeldWriter {
  readonly path: string;
  readonly fd: number;
  errno = '';
  private isOpen = true;

  constructor(path: string, fd: number) {
    this.path = path;
    this.fd = fd;
  }

  write(bytes: Uint8Array): boolean {
    try {
      // No position: kernel files that take commands are written at 0, and pipes take none.
      const written = this.isOpen ? writeSync(this.fd, bytes, 0, bytes.length) : -1;
      this.errno = written < 0 ? 'EBADF' : written === bytes.length ? '' : 'short';
    } catch (error) {
      this.errno = errnoOf(error);
    }
    return this.errno === '';
  }

  close(): void {
    if (this.isOpen) closeSync(this.fd);
    this.isOpen = false;
  }
}
