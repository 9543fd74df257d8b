import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  renderExtension,
  renderSocketAddress,
  watchdogIntervalMs,
} from '../../src/formats/notify-message.ts';

/** What lies behind the family. */
const nameOf = (address: string): string | null => {
  const bytes = renderSocketAddress(address);
  return bytes.ok ? Buffer.from(bytes.value.subarray(2)).toString('latin1') : null;
};

describe('the address of a notify socket', () => {
  it('is a path with its end, or an abstract name without one', () => {
    expect(nameOf('/run/systemd/notify')).toBe('/run/systemd/notify\0');
    expect(nameOf('@run/a b')).toBe('\0run/a b');
    const bytes = renderSocketAddress('/n');
    expect(bytes.ok && new Uint16Array(bytes.value.slice(0, 2).buffer)).toEqual(Uint16Array.of(1));
  });

  it.each(['', '/', '@', 'run/notify', 'vsock:2:1234', `/${'n'.repeat(107)}`, `@${'é'.repeat(54)}`])(
    'is none: %j',
    (address) => {
      expect(nameOf(address)).toBeNull();
    },
  );

  it('never exceeds what the kernel takes, and says in the error what was given', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), (text) => {
        const bytes = renderSocketAddress(`/${text}`);
        if (bytes.ok) expect(bytes.value.length).toBeLessThanOrEqual(2 + 108);
        else expect(bytes.error).toContain(text);
      }),
    );
  });
});

describe('a sign of life', () => {
  it.each([
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '7' }, 15_000],
    [{ WATCHDOG_USEC: '3' }, 0.0015],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '8' }, null],
    [{ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '' }, null],
    [{ WATCHDOG_USEC: '0', WATCHDOG_PID: '7' }, null],
    [{ WATCHDOG_USEC: '-1' }, null],
    [{ WATCHDOG_USEC: '1e6' }, null],
    [{ WATCHDOG_PID: '7' }, null],
    [{}, null],
  ])('of %j is due every %j ms', (environment, expected) => {
    expect(watchdogIntervalMs(environment, 7)).toBe(expected);
  });
});

it('more time is asked for in microseconds', () => {
  expect(renderExtension(60_000)).toBe('EXTEND_TIMEOUT_USEC=60000000');
});
