// Recorded machines, read through their sysroot.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Resource, ResourceName } from '../../src/domain/resource.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import { readSnapshot, type SnapshotRequest } from '../../src/kernel/snapshot-source.ts';

export const sysrootOf = (host: string): string => join(import.meta.dirname, '../../fixtures/hosts', host);

export const snapshotOf = (host: string, request: Partial<SnapshotRequest> = {}): Snapshot =>
  readSnapshot({ sysroot: sysrootOf(host), subject: { kind: 'self' }, treePaths: [], ...request });

/** A copy of a recorded machine with some files replaced (null: removed), gone after the test. */
export function changedHost(host: string | null, files: Readonly<Record<string, string | null>>): string {
  const root = mkdtempSync(join(tmpdir(), 'syncguard-host-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  if (host !== null) cpSync(sysrootOf(host), root, { recursive: true, verbatimSymlinks: true });
  for (const [path, text] of Object.entries(files)) {
    rmSync(join(root, path), { recursive: true, force: true });
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (text !== null) writeFileSync(join(root, path), text);
  }
  return root;
}

export const rowsNamed = (snapshot: Snapshot, name: ResourceName): readonly Resource[] =>
  snapshot.resources.filter((row) => row.name === name);
