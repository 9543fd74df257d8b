// The pipe from the sentinel as frames, in whatever pieces it comes.

import type { Readable } from 'node:stream';
import { type Frame, parseFrames } from '../formats/guard-notice.ts';

/** Calls `onFrame` for each whole frame, and `onEnd` once: the sentinel has ended, or let go of us. */
export function readFrames(pipe: Readable, onFrame: (frame: Frame) => void, onEnd: () => void): void {
  let rest: Uint8Array = new Uint8Array(0);
  let hasEnded = false;
  const end = (): void => {
    if (!hasEnded) onEnd();
    hasEnded = true;
  };
  pipe.on('data', (piece: Buffer) => {
    const parsed = parseFrames(rest.length === 0 ? piece : Buffer.concat([rest, piece]));
    rest = parsed.rest;
    for (const frame of parsed.frames) onFrame(frame);
  });
  pipe.on('end', end);
  pipe.on('error', end);
  pipe.on('close', end);
}
