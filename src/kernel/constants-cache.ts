// The constants kept between runs: parsing BTF is half of a small estimate's time. Knows: when a kept file still holds.
// May not know: where constants come from.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { KernelConstants } from '../domain/kernel-constants.ts';
import type { Platform } from '../domain/platform.ts';
import { BTF_FILES } from './btf-constants.ts';
import { attempt, type Sysroot } from './kernel-file.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

export interface ConstantsRequest {
  readonly sysroot: Sysroot;
  readonly platform: Pick<Platform, 'kernelRelease' | 'architecture'>;
  /** Where the result may be kept between runs; null: nowhere. */
  readonly cacheDir: string | null;
}

/** Raised when the fields or the rules that fill them change: an older file is ignored. */
const SCHEMA = 'syncguard/kernel-constants/1';

interface Kept {
  readonly schema: typeof SCHEMA;
  /** Sizes of the BTF files it was read from: another build, or a module loaded since, changes it. */
  readonly fingerprint: string;
  readonly constants: KernelConstants;
}

/** null when there is none, or it is damaged, foreign, of another kernel or of other modules. */
export function readCachedConstants(request: ConstantsRequest): KernelConstants | null {
  const path = cachePath(request);
  if (path === null) return null;
  const kept = readStateFile(path);
  return isKept(kept) && kept.fingerprint === fingerprintOf(request) && isPlausible(kept.constants)
    ? kept.constants
    : null;
}

/** Best effort: a directory that cannot be written costs the next run 40 ms. Atomic by rename. */
export function writeCachedConstants(request: ConstantsRequest, constants: KernelConstants): void {
  const path = cachePath(request);
  if (path === null) return;
  const kept: Kept = { schema: SCHEMA, fingerprint: fingerprintOf(request), constants };
  writeStateFile(path, kept);
}

/** null: no cache, or a release that is no file name. */
function cachePath({ cacheDir, platform }: ConstantsRequest): string | null {
  if (cacheDir === null || !/^[\w.+~-]+$/.test(platform.kernelRelease)) return null;
  return join(cacheDir, `kernel-constants-${platform.kernelRelease}.json`);
}

function fingerprintOf({ sysroot, platform }: ConstantsRequest): string {
  const sizes = BTF_FILES.map((file) => {
    const size = attempt(file, () => statSync(join(sysroot, '/', file)).size);
    return size.ok ? size.value : 0;
  });
  return `${platform.kernelRelease} ${platform.architecture} ${sizes.join(' ')}`;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function isKept(value: unknown): value is Kept {
  if (!isObject(value) || !('schema' in value && 'constants' in value && 'fingerprint' in value))
    return false;
  return value.schema === SCHEMA && isObject(value.constants);
}

/** No kernel object here is smaller than a pointer or larger than a page. */
const isSize = (value: unknown): boolean => typeof value === 'number' && value >= 4 && value <= 4096;

/** Guards the arithmetic behind it: a damaged file that is still JSON must not become a verdict. */
function isPlausible(constants: KernelConstants): boolean {
  const { inodeBytes, nameBucketBytes, tabledInodes, dentryBytes, markBytes, filpBytes } = constants;
  if (!Array.isArray(nameBucketBytes) || !Array.isArray(tabledInodes) || !isObject(inodeBytes)) return false;
  const kinds = ['ext4', 'xfs', 'btrfs', 'tmpfs', 'overlay', 'fuse', 'other'];
  const hasKinds = kinds.every((kind) => kind in inodeBytes);
  const { pointerBytes, genericInodeBytes, bufferHeadBytes, inlineNameBytes, externalNameHeadBytes } =
    constants;
  const sizes = [dentryBytes, markBytes, filpBytes, pointerBytes, genericInodeBytes, bufferHeadBytes];
  const all = [
    ...sizes,
    inlineNameBytes,
    externalNameHeadBytes,
    ...nameBucketBytes,
    ...Object.values(inodeBytes),
  ];
  return hasKinds && constants.source === 'btf' && constants.errorPercent > 0 && all.every(isSize);
}
