// The one place where daemons' configuration files are opened.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { NAME_THE_TREE, type RootsTrouble } from './root.ts';

/** The largest real one seen is a config.xml of 300 folders, under 1 MB; above this it is no configuration. */
const LARGEST_CONFIG_BYTES = 8 * 1024 * 1024;

type Unread = { readonly kind: 'absent' } | { readonly kind: 'unreadable'; readonly reason: string };
export type ConfigText = { readonly kind: 'text'; readonly text: string } | Unread;
export type ConfigBytes = { readonly kind: 'bytes'; readonly bytes: Buffer } | Unread;

const REASON_OF: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
};

/** A whole regular file as UTF-8, a byte order mark removed. */
export function readConfigText(path: string, sysroot = ''): ConfigText {
  const read = readRulesText(path, sysroot);
  return read.kind === 'text' ? { kind: 'text', text: read.text.replace(/^\uFEFF/, '') } : read;
}

/** The same with its byte order mark, which to a daemon that does not know it is part of the first rule. */
export function readRulesText(path: string, sysroot = ''): ConfigText {
  const read = readConfigBytes(path, sysroot);
  return read.kind === 'bytes' ? { kind: 'text', text: read.bytes.toString('utf8') } : read;
}

/** A whole regular file; pipes and devices are never opened. */
export function readConfigBytes(path: string, sysroot = ''): ConfigBytes {
  const full = join(sysroot, path);
  try {
    const stat = statSync(full);
    if (!stat.isFile()) return { kind: 'unreadable', reason: 'not a regular file' };
    if (stat.size > LARGEST_CONFIG_BYTES) return { kind: 'unreadable', reason: 'too large' };
    return { kind: 'bytes', bytes: readFileSync(full) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', reason: REASON_OF[code] ?? code };
  }
}

/** The first of these files that is there, as text; null: none is. One that may not be read is a trouble. */
export function readFirstConfig(
  paths: readonly string[],
  sysroot = '',
): Result<{ path: string; text: string } | null, RootsTrouble> {
  for (const path of paths) {
    const read = readConfigText(path, sysroot);
    if (read.kind === 'text') return success({ path, text: read.text });
    if (read.kind === 'unreadable') return failure(unreadableConfig(path, read.reason));
  }
  return success(null);
}

export const unreadableConfig = (path: string, reason: string): RootsTrouble => ({
  path,
  reason: `${path} cannot be read: ${reason}`,
  hint: NAME_THE_TREE,
});

/** Names in a directory of configurations that end in `suffix`, in byte order; none where there is no directory. */
export function listConfigs(directory: string, suffix: string, sysroot = ''): string[] {
  try {
    return readdirSync(join(sysroot, directory))
      .filter((name) => name.endsWith(suffix) && !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
}
