import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type GuardManifest,
  parseGuardManifest,
  renderGuardManifest,
} from '../../src/formats/guard-manifest.ts';

const MANIFEST: GuardManifest = {
  pid: 4711,
  startTicks: 123_456,
  bootId: '2f0c1f7e-9a55-4b58-8a5e-0f6a4f3d9d10',
  daemonPid: null,
  command: ['dropboxd', '--a b', 'l\u00e4nge'],
  profile: 'dropbox',
  rooms: [{ directory: '/sys/fs/cgroup/memory/syncguard-4711', kind: 'memory' }],
  protection: 'the daemon below a wall of its own, the guard outside it',
  walls: [{ resource: 'dcachesize', scope: 'container 103', wall: 3_145_728, isShared: true }],
  lease: '90 s, kept by bash',
  startedAt: '2026-11-30T09:00:00.000Z',
};

const changed = (change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...JSON.parse(renderGuardManifest(MANIFEST)), ...change });

describe('the manifest of a guard', () => {
  it('is read back as it was written', () => {
    expect(parseGuardManifest(renderGuardManifest(MANIFEST))).toEqual({ ok: true, value: MANIFEST });
  });

  it('is read where no wall stands: a guard that is not found is not thawed either', () => {
    const [wall] = MANIFEST.walls;
    const text = renderGuardManifest({ ...MANIFEST, walls: [{ ...wall!, wall: Number.POSITIVE_INFINITY }] });
    const parsed = parseGuardManifest(text);
    expect(parsed.ok && parsed.value.walls[0]?.wall).toBeNull();
  });

  it.each(Object.keys(MANIFEST))('without a whole %s is an error that names it', (field) => {
    expect(parseGuardManifest(changed({ [field]: { odd: true } }))).toEqual({
      ok: false,
      error: `${field} is missing or malformed`,
    });
  });

  it.each(['sys/fs/cgroup', '/sys/fs/cgroup/../../etc', ''])('never names the room %j', (directory) => {
    expect(parseGuardManifest(changed({ rooms: [{ directory, kind: 'memory' }] })).ok).toBe(false);
  });

  it.each([0, -1, 1.5, '12'])('never names the process %j: a signal to it would reach others', (pid) => {
    expect(parseGuardManifest(changed({ pid })).ok).toBe(false);
    expect(parseGuardManifest(changed({ daemonPid: pid })).ok).toBe(false);
  });

  it('of another schema, and any other text, is an error value', () => {
    expect(parseGuardManifest(changed({ schema: 'syncguard/guard/2' })).ok).toBe(false);
    const texts = fc.oneof(fc.string(), fc.json());
    fc.assert(fc.property(texts, (text) => void expect(parseGuardManifest(text).ok).toBe(false)));
  });
});
