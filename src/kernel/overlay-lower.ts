// What lies below an overlay. Knows: the overlay mount options. May not know: what a layer costs.

import { type FilesystemKind, kindOfType } from '../domain/filesystem.ts';
import { type Mount, mountOf, unescapeOctal } from '../formats/mountinfo.ts';

/** `lowerdir=a:b`, `lowerdir+=a` of the newer mount call, then `upperdir=`; the first that names a visible mount decides. */
const LAYER_OPTION = /^(?:lowerdir\+?|datadir\+|upperdir)=(.*)$/;

/**
 * Kind of the filesystem that holds an overlay's layers; null when its directories are outside our mount namespace, as in
 * every container (their paths are the host's, and seem to lie on the overlay itself).
 */
export function overlayLower(overlay: Mount, mounts: readonly Mount[]): FilesystemKind | null {
  for (const option of overlay.superOptions) {
    const value = LAYER_OPTION.exec(option)?.[1];
    if (value === undefined) continue;
    const mount = mountOf(firstLayer(value), mounts);
    if (mount !== null && mount.id !== overlay.id && mount.type !== 'overlay') return kindOfType(mount.type);
  }
  return null;
}

/** Layers are separated by colons; a colon in a path is written `\:`. */
function firstLayer(value: string): string {
  const layer = /^(?:\\:|[^:])*/.exec(unescapeOctal(value))?.[0] ?? '';
  return layer.replaceAll('\\:', ':');
}
