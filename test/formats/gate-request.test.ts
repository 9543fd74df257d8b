import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GateRequest, parseGateRequest, renderGateRequest } from '../../src/formats/gate-request.ts';

const WHOLE: GateRequest = {
  mode: 'gate',
  trees: ['/home/j/Dropbox', '/srv/with "quotes" and \n'],
  daemon: null,
  command: ['/usr/bin/syncthing', 'serve', '--no-browser'],
  excludes: ['*.tmp'],
  sysroot: null,
  platform: null,
  config: null,
  flags: { stop_at: '95%' },
  canBrake: { kind: 'none', reason: 'no writable cgroup' },
  runningPid: null,
};

describe('the gate request', () => {
  it('is read as it was written', () => {
    expect(parseGateRequest(renderGateRequest(WHOLE))).toEqual({ ok: true, value: WHOLE });
  });

  it('names the field that is missing, whichever it is', () => {
    for (const field of Object.keys(WHOLE)) {
      const { [field as keyof GateRequest]: _, ...rest } = WHOLE;
      const parsed = parseGateRequest(JSON.stringify(rest));
      expect(parsed.ok ? '' : parsed.error).toContain(field);
    }
  });

  it.each([
    ['a flag that is no text', { ...WHOLE, flags: { stop_at: 95 } }],
    ['a list of numbers', { ...WHOLE, trees: [1] }],
    ['a mode not known', { ...WHOLE, mode: 'hope' }],
    ['a capability not known', { ...WHOLE, canBrake: { kind: 'prayer', reason: '' } }],
    ['an array', [WHOLE]],
  ])('%s is an error value', (_, value) => {
    expect(parseGateRequest(JSON.stringify(value)).ok).toBe(false);
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => parseGateRequest(text).ok === false));
  });
});
