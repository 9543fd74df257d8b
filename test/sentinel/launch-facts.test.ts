import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  daemonEnvironment,
  gateEnvironment,
  parseLaunchFacts,
  signalName,
} from '../../src/sentinel/launch-facts.ts';

describe('what the launcher saw', () => {
  it('names signals by number and descriptors by what was open', () => {
    expect(parseLaunchFacts('8000000000001001 1024 1 2 3 8')).toEqual({
      ignoredSignals: [1, 13, 64],
      openFilesLimit: '1024',
      closedDescriptors: [0],
      extraDescriptors: [3, 8],
    });
  });

  it.each([undefined, '', 'x', '0', '0 1024 9', '0 -1 0 1 2', '0 1024 0 1 2; rm'])(
    '%j reads as nothing seen',
    (text) => {
      expect(parseLaunchFacts(text)).toEqual({
        ignoredSignals: [],
        openFilesLimit: null,
        closedDescriptors: [],
        extraDescriptors: [],
      });
    },
  );

  it('never throws and never invents a descriptor', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const descriptor of parseLaunchFacts(text).extraDescriptors)
          expect(text).toContain(` ${descriptor}`);
      }),
    );
  });

  it('knows signals by name, real-time ones excepted', () => {
    expect([signalName(1), signalName(15), signalName(64)]).toEqual(['SIGHUP', 'SIGTERM', null]);
  });
});

describe('the environment of the daemon', () => {
  const OURS = { SYNCGUARD_LAUNCH: '0', SYNCGUARD_NODE_OPTIONS: '--inspect', SYNCGUARD_RUN: 'outer' };

  it("is the user's own, NODE_OPTIONS given back, nothing of ours in it", () => {
    const environment = daemonEnvironment(
      { HOME: '/h', EMPTY: '', ...OURS },
      { passesNotify: false, cookie: null },
    );
    expect(environment).toEqual({ HOME: '/h', EMPTY: '', NODE_OPTIONS: '--inspect' });
  });

  it("has the user's own threshold of malloc, or none, in place of the guard's", () => {
    const request = { passesNotify: false, cookie: null };
    const ours = { MALLOC_TRIM_THRESHOLD_: '131072' };
    expect(daemonEnvironment(ours, request)).toEqual({});
    const kept = { ...ours, SYNCGUARD_MALLOC_TRIM_THRESHOLD: '4096' };
    expect(daemonEnvironment(kept, request)).toEqual({ MALLOC_TRIM_THRESHOLD_: '4096' });
  });

  it('keeps what a user set for syncguard: a script below it may run syncguard again', () => {
    const own = { SYNCGUARD_STOP_AT: '90%' };
    expect(daemonEnvironment(own, { passesNotify: false, cookie: null })).toEqual(own);
  });

  it('has the notify socket and watchdog only where they are passed on', () => {
    const own = { NOTIFY_SOCKET: '/n', WATCHDOG_USEC: '1', WATCHDOG_PID: '2' };
    expect(daemonEnvironment(own, { passesNotify: false, cookie: null })).toEqual({});
    expect(daemonEnvironment(own, { passesNotify: true, cookie: null })).toEqual(own);
  });

  it('has the directories that a unit gives the daemon, and not ours beside them', () => {
    const own = {
      STATE_DIRECTORY: '/var/lib/syncguard-sync',
      RUNTIME_DIRECTORY: '/run/sync:/run/syncguard-sync',
    };
    expect(daemonEnvironment(own, { passesNotify: false, cookie: null })).toEqual({
      RUNTIME_DIRECTORY: '/run/sync',
    });
    expect(gateEnvironment(own)).toMatchObject(own);
  });

  it('is not what the gate runs with: its NODE_OPTIONS would be the gate’s to pay', () => {
    expect(gateEnvironment({ HOME: '/h', ...OURS })).toEqual({
      HOME: '/h',
    });
  });
});
