// The one place where daemons' configuration files are opened.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The largest real one seen is a config.xml of 300 folders, under 1 MB; above this it is no configuration. */
const LARGEST_CONFIG_BYTES = 8 * 1024 * 1024;

export type ConfigText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

const REASON_OF: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
};

/** A whole regular file as UTF-8, a byte order mark removed; pipes and devices are never opened. */
export function readConfigText(path: string, sysroot = ''): ConfigText {
  const full = join(sysroot, path);
  try {
    const stat = statSync(full);
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'not a regular file' };
    if (stat.size > LARGEST_CONFIG_BYTES) return { kind: 'unreadable', reason: 'too large' };
    return { kind: 'text', text: readFileSync(full, 'utf8').replace(/^\uFEFF/, '') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', reason: REASON_OF[code] ?? code };
  }
}
