// Output and error by their descriptors. Node's own streams would load net, stream and tty first: 2 to 4 ms of a start.

import { fstatSync, writeSync } from 'node:fs';
import { errnoOf } from '../../kernel/errno.ts';

export type Descriptor = 1 | 2;

/** Device major of /dev/null and its like (Documentation/admin-guide/devices.txt). */
const MEMORY_DEVICES = 1;
const MAJOR_SHIFT = 8;

/** Whether somebody may be looking. */
export function isTerminal(descriptor: Descriptor): boolean {
  const stats = fstatSync(descriptor);
  const canBe = stats.isCharacterDevice() && stats.rdev >> MAJOR_SHIFT !== MEMORY_DEVICES;
  return canBe && process.getBuiltinModule('node:tty').isatty(descriptor);
}

/** Writes all of it; `onTrouble` gets the errno of what cannot be written. */
export function writeText(descriptor: Descriptor, text: string, onTrouble: (errno: string) => void): void {
  if (waiting.has(descriptor)) {
    streamOf(descriptor).write(text);
    return;
  }
  let rest: Buffer = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EAGAIN') writeWaiting(descriptor, rest, onTrouble);
    else onTrouble(code);
  }
}

/** Somebody made the pipe non-blocking, and it is full: from here on Node's stream, which knows how to wait. */
function writeWaiting(descriptor: Descriptor, rest: Buffer, onTrouble: (errno: string) => void): void {
  waiting.add(descriptor);
  const stream = streamOf(descriptor);
  stream.on('error', (error) => onTrouble(errnoOf(error)));
  stream.write(rest);
}

const waiting = new Set<Descriptor>();

const streamOf = (descriptor: Descriptor): NodeJS.WriteStream =>
  descriptor === 1 ? process.stdout : process.stderr;
