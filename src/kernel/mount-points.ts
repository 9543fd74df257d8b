// Where something is mounted: a walk stops there, which also ends loops of bind mounts.

import { parseMountinfo } from '../formats/mountinfo.ts';
import { readParsed, type Sysroot } from './kernel-file.ts';

/** Absolute mount points, bytes as latin1; empty when mountinfo cannot be read (a walk then goes by device alone). */
export function readMountPoints(sysroot: Sysroot): readonly string[] {
  const mounts = readParsed(sysroot, '/proc/self/mountinfo', parseMountinfo);
  return mounts.ok ? mounts.value.map(({ mountPoint }) => mountPoint) : [];
}
