// Snapshots in a few words, for tests of judgement.
import type { Platform, PlatformId } from '../../src/domain/platform.ts';
import { type Resource, type ResourceName, UNSAID, unitOf } from '../../src/domain/resource.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';

export const platform = (id: PlatformId): Platform => ({
  id,
  evidence: 'a test',
  kernelRelease: '6.1.0',
  architecture: 'x86_64',
  pageBytes: 4096,
  container: null,
});

export const row = (name: ResourceName, values: Partial<Resource> = {}): Resource => ({
  name,
  unit: unitOf(name),
  source: 'beancounters',
  scope: 'test',
  ...UNSAID,
  held: 0,
  ...values,
});

export const snapshot = (id: PlatformId, ...resources: Resource[]): Snapshot => ({
  platform: platform(id),
  resources,
  gaps: [],
});
