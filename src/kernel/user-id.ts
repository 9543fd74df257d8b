// A user's number and home, from /etc/passwd alone: names from a directory service are given as numbers.

import { readKernelFile, type Sysroot } from './kernel-file.ts';

/** null: no such user there, or the file cannot be read. */
export function readUserId(name: string, sysroot: Sysroot): number | null {
  const uid = readFields(name, sysroot)[2];
  return uid !== undefined && /^\d+$/.test(uid) ? Number(uid) : null;
}

/** null as above. */
export function readUserHome(name: string, sysroot: Sysroot): string | null {
  const home = readFields(name, sysroot)[5];
  return home?.startsWith('/') ? home : null;
}

/** name, password, uid, gid, comment, home, shell; none where the user is not known. */
function readFields(name: string, sysroot: Sysroot): readonly string[] {
  const passwd = readKernelFile(sysroot, '/etc/passwd');
  const lines = passwd.ok ? passwd.value.split('\n') : [];
  return lines.map((line) => line.split(':')).find(([user]) => user === name) ?? [];
}
