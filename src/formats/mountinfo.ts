// /proc/self/mountinfo. Knows: the field order of proc(5). May not know: what a mount is used for.

import { failure, type Malformed, type Result, success } from '../domain/result.ts';

export interface Mount {
  readonly id: number;
  readonly parentId: number;
  /** `8:1`. */
  readonly device: string;
  /** The directory of the filesystem that forms the root of this mount; not `/` for a bind mount of a part. */
  readonly root: string;
  /** Bytes as latin1, octal escapes undone. */
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  readonly superOptions: readonly string[];
}

/** proc(5): space, tab, newline and backslash appear as \040 \011 \012 \134. */
export const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

/** Parses the whole file; a line without the ` - ` separator or with too few fields is Malformed. */
export function parseMountinfo(text: string): Result<readonly Mount[], Malformed> {
  const mounts: Mount[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const mount = parseLine(line);
    if (mount === null) return failure({ reason: 'not a mountinfo line', line: index + 1 });
    mounts.push(mount);
  }
  return success(mounts);
}

function parseLine(line: string): Mount | null {
  const separator = line.indexOf(' - ');
  if (separator < 0) return null;
  const [id, parentId, device, root, mountPoint] = line.slice(0, separator).split(' ');
  const [type, source, superOptions] = line.slice(separator + 3).split(' ');
  if (!/^\d+$/.test(id ?? '') || !/^\d+$/.test(parentId ?? '') || !mountPoint || !type) return null;
  return {
    id: Number(id),
    parentId: Number(parentId),
    device: device ?? '',
    root: unescapeOctal(root ?? '/'),
    mountPoint: unescapeOctal(mountPoint),
    type,
    source: unescapeOctal(source ?? ''),
    superOptions: (superOptions ?? '').split(','),
  };
}

/** The mount a path lies on: the last one listed whose mount point is the longest prefix. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    const prefix = mount.mountPoint === '/' ? '/' : `${mount.mountPoint}/`;
    const isAbove = path === mount.mountPoint || path.startsWith(prefix);
    if (isAbove && (found === null || mount.mountPoint.length >= found.mountPoint.length)) found = mount;
  }
  return found;
}
