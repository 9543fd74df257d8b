// Which filesystem a tree lies on: statfs for the kind, mountinfo for its name, mount point and what an overlay covers.
// Knows: both calls. May not know: what an inode of it costs.

import { existsSync, realpathSync, statfsSync } from 'node:fs';
import { type Filesystem, kindOfMagic, kindOfType } from '../domain/filesystem.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Gap } from '../domain/snapshot.ts';
import { type Mount, mountOf, parseMountinfo } from '../formats/mountinfo.ts';
import { isLive, readParsed, type Sysroot } from './kernel-file.ts';
import { overlayLower } from './overlay-lower.ts';

/**
 * Where `path` lies. A recorded machine's mountinfo is believed before our own statfs. A Gap when `path` cannot be looked
 * at, its detail the errno; without mountinfo the type is the magic number and the mount point `path` itself.
 */
export function readFilesystem(path: string, sysroot: Sysroot): Result<Filesystem, Gap> {
  const parsed = readParsed(sysroot, '/proc/self/mountinfo', parseMountinfo);
  const mounts = parsed.ok ? parsed.value : [];
  try {
    const real = resolved(path);
    const mount = mountOf(real, mounts);
    if (mount !== null && !isLive(sysroot)) return success(recorded(mount, mounts));
    return success(running(real, statfsSync(Buffer.from(real, 'latin1')).type, { mount, mounts }));
  } catch (error) {
    const detail = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    const reason = detail === 'ENOENT' || detail === 'ENOTDIR' ? 'absent' : 'denied';
    return failure({ source: path, reason, detail });
  }
}

/** Absolute, free of symlinks, bytes as latin1; `path` is tried as bytes first, then as typed text. */
function resolved(path: string): string {
  const bytes = Buffer.from(path, 'latin1');
  if (bytes.toString('latin1') === path && existsSync(bytes)) return realpathSync.native(bytes, 'latin1');
  return realpathSync.native(path, 'latin1');
}

const recorded = (mount: Mount, mounts: readonly Mount[]): Filesystem => ({
  kind: kindOfType(mount.type),
  type: mount.type,
  lower: mount.type.startsWith('overlay') ? overlayLower(mount, mounts) : null,
  mountPoint: mount.mountPoint,
});

interface Mounted {
  readonly mount: Mount | null;
  readonly mounts: readonly Mount[];
}

function running(real: string, magic: number, { mount, mounts }: Mounted): Filesystem {
  const kind = kindOfMagic(magic);
  return {
    kind,
    type: mount?.type ?? `0x${(magic >>> 0).toString(16)}`,
    lower: kind === 'overlay' && mount !== null ? overlayLower(mount, mounts) : null,
    mountPoint: mount?.mountPoint ?? real,
  };
}
