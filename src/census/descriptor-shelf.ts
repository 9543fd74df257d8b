// Directories held open so that their children open by name alone: one descriptor a level, but never many.

import { AT_FDCWD, type DirectoryCalls } from '../kernel/directory-calls.ts';
import type { Frame } from './walk.ts';

/** Levels held open at once, far below the usual limit of 1024; above it the outermost is closed and reopened. */
const MOST_HELD = 64;
/** A path is opened in pieces below PATH_MAX (4096 with its NUL, include/uapi/linux/limits.h). */
const PIECE_BYTES = 4000;

export class DescriptorShelf {
  readonly #calls: DirectoryCalls;
  /** Outermost first; always a part of the walk's frames. */
  readonly #held: Frame[] = [];
  readonly #piece: Buffer = Buffer.allocUnsafeSlow(PIECE_BYTES + 1);
  readonly #pieceAddress: number;

  constructor(calls: DirectoryCalls) {
    this.#calls = calls;
    this.#pieceAddress = calls.addressOf(this.#piece);
  }

  /** Keeps a parent open for the frame of its children. */
  hold(frame: Frame, descriptor: number): void {
    frame.descriptor = descriptor;
    this.#held.push(frame);
    if (this.#held.length > MOST_HELD) this.#close(this.#held.shift());
  }

  /** The innermost frame has given its last child. */
  finish(frame: Frame): void {
    if (frame.descriptor >= 0) this.#close(this.#held.pop());
  }

  /** Closes all; returns how many there were. */
  clear(): number {
    const count = this.#held.length;
    while (this.#held.length > 0) this.#close(this.#held.pop());
    return count;
  }

  /** Opens again the parent of a frame that lost its descriptor; leaves -1 when it cannot. */
  reopen(frame: Frame, path: string): void {
    const descriptor = this.#openInPieces(path, (parent, piece) => this.#calls.openToPass(parent, piece));
    if (descriptor >= 0) this.hold(frame, descriptor);
  }

  /** Opens a directory for listing by a path of any length. */
  openPath(path: string): number {
    return this.#openInPieces(path, (parent, piece) => this.#calls.open(parent, piece));
  }

  #openInPieces(path: string, openLast: (parent: number, piece: number) => number): number {
    let parent = AT_FDCWD;
    let rest = path;
    while (rest.length > PIECE_BYTES) {
      const cut = rest.lastIndexOf('/', PIECE_BYTES);
      const next = this.#calls.openToPass(parent, this.#written(rest.slice(0, cut)));
      this.#closeUnlessStart(parent);
      if (next < 0) return next;
      parent = next;
      rest = rest.slice(cut + 1);
    }
    const descriptor = openLast(parent, this.#written(rest));
    this.#closeUnlessStart(parent);
    return descriptor;
  }

  #closeUnlessStart(descriptor: number): void {
    if (descriptor >= 0) this.#calls.close(descriptor);
  }

  #written(piece: string): number {
    this.#piece.write(piece, 0, 'latin1');
    this.#piece[piece.length] = 0;
    return this.#pieceAddress;
  }

  #close(frame: Frame | undefined): void {
    if (frame === undefined) return;
    this.#calls.close(frame.descriptor);
    frame.descriptor = -1;
  }
}
