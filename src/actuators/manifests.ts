// The manifests that guards of this user, or root's, have left in a runtime directory.

import { lstatSync } from 'node:fs';
import { type GuardManifest, parseGuardManifest } from '../formats/guard-manifest.ts';
import { readKernelDirectory, readKernelFile } from '../kernel/kernel-file.ts';

/** Larger than any manifest; a file beyond it is not one. */
const MOST_BYTES = 1_048_576;

/** Of guards that live or are gone; garbage is passed over. */
export function readManifests(runtimeDirectory: string): GuardManifest[] {
  const names = readKernelDirectory('', Buffer.from(runtimeDirectory).toString('latin1'));
  if (!names.ok) return [];
  return names.value
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readManifest(`${runtimeDirectory}/${name}/guard.json`) ?? []);
}

/** null: absent, somebody else's, or not whole. */
function readManifest(path: string): GuardManifest | null {
  const latin1Path = Buffer.from(path).toString('latin1');
  if (!isOurs(path)) return null;
  const text = readKernelFile('', latin1Path);
  if (!text.ok) return null;
  const manifest = parseGuardManifest(Buffer.from(text.value, 'latin1').toString());
  return manifest.ok ? manifest.value : null;
}

/** What another user could have written must not tell root what to continue. */
function isOurs(path: string): boolean {
  try {
    const { uid, size } = lstatSync(path);
    return size < MOST_BYTES && (uid === 0 || uid === process.geteuid?.());
  } catch {
    return false;
  }
}
