// A user's number, from /etc/passwd alone: names from a directory service are given as numbers.

import { readKernelFile, type Sysroot } from './kernel-file.ts';

/** null: no such user there, or the file cannot be read. */
export function readUserId(name: string, sysroot: Sysroot): number | null {
  const passwd = readKernelFile(sysroot, '/etc/passwd');
  if (!passwd.ok) return null;
  const fields = passwd.value.split('\n').map((line) => line.split(':'));
  const uid = fields.find(([user]) => user === name)?.[2];
  return uid !== undefined && /^\d+$/.test(uid) ? Number(uid) : null;
}
