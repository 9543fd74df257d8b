import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CONTROL_COMMANDS,
  type ControlRequest,
  type GuardOrder,
  parseControlReply,
  parseControlRequest,
  parseGuardOrder,
  renderControlMessage,
  renderGuardOrder,
} from '../../src/formats/control-message.ts';
import type { LiveSettings } from '../../src/formats/live-settings.ts';

const request: fc.Arbitrary<ControlRequest> = fc.record(
  {
    command: fc.constantFrom(...CONTROL_COMMANDS),
    forMs: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    clearHold: fc.boolean(),
  },
  { requiredKeys: ['command'] },
);

const share = fc.integer({ min: 1, max: 1000 }).map((thousandths) => thousandths / 1000);
const duration = fc.integer({ min: 1, max: 2 ** 31 - 1 });

const liveSettings: fc.Arbitrary<LiveSettings> = fc.record({
  policy: fc.record({ throttleAt: share, pauseAt: share, stopAt: share }),
  leaseMs: duration,
  gateTimeoutMs: duration,
  onRefuse: fc.constantFrom('exit', 'wait', 'degrade', 'start'),
  onUnknown: fc.constantFrom('start', 'refuse'),
  restart: fc.constantFrom('never', 'on-failure', 'always'),
  preservesStatus: fc.boolean(),
  barriers: fc.dictionary(fc.constantFrom('memory', 'pids'), fc.integer({ min: 0, max: 2 ** 52 }), {
    noNullPrototype: true,
  }),
});

const order: fc.Arbitrary<GuardOrder> = fc.oneof(
  fc.record({
    order: fc.constant('pause' as const),
    forMs: fc.option(fc.integer({ min: 1, max: 2 ** 31 - 1 })),
  }),
  fc.record({ order: fc.constantFrom('resume', 'stop', 'calm?') }),
  fc.record({ order: fc.constant('reload' as const), settings: liveSettings }),
  fc.record({ order: fc.constant('restart' as const), clearHold: fc.boolean() }),
  fc.record({ order: fc.constant('hear' as const), forMs: fc.integer({ min: 1, max: 2 ** 31 - 1 }) }),
  fc.record({ order: fc.constant('heard' as const), isPaused: fc.boolean() }),
);

describe('a control request', () => {
  it('is one line, and read back as it was meant', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const line = renderControlMessage(asked);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(parseControlRequest(line.slice(0, -1))).toEqual({ ok: true, value: asked });
      }),
    );
  });

  it('that is anything else is an error, never a throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(parseControlRequest(line).ok).toBe(false);
      }),
    );
  });

  it.each([
    ['{"command":"kill"}', "a request's command is one of"],
    ['{"command":"pause","forMs":0}', 'forMs is a whole number'],
    ['{"command":"pause","forMs":1.5}', 'forMs is a whole number'],
    ['{"command":"pause","forMs":2147483648}', 'forMs is a whole number'],
    ['{"command":"restart","clearHold":"yes"}', 'clearHold is true or false'],
    ['["status"]', "a request's command is one of"],
    ['null', 'a request is one JSON object'],
  ])('%s is refused with the reason', (line, reason) => {
    const parsed = parseControlRequest(line);
    expect(parsed.ok ? '' : parsed.error).toContain(reason);
  });
});

describe('a control reply', () => {
  it('says either what was done or what failed, whole', () => {
    for (const reply of [
      { ok: true, isDone: false },
      { ok: false, code: 'io', message: 'm', hint: 'h' },
    ] as const)
      expect(parseControlReply(renderControlMessage(reply).trimEnd())).toEqual({ ok: true, value: reply });
    for (const line of ['', '{}', '{"ok":true}', '{"ok":false,"code":"io"}', '[]', 'ok'])
      expect(parseControlReply(line).ok).toBe(false);
  });
});

describe('an order to the guard', () => {
  it('is one ASCII line, and read back as it was meant', () => {
    fc.assert(
      fc.property(order, (meant) => {
        const line = renderGuardOrder(meant);
        expect(line).toMatch(/^[ -~]+\n$/);
        expect(parseGuardOrder(line.slice(0, -1))).toEqual(meant);
      }),
    );
  });

  it('that is anything else is none', () => {
    for (const line of [
      '',
      'pause 0',
      'pause -1',
      'pause 1e3',
      'pause 2147483648',
      'Stop',
      'stop ',
      'restart now',
    ])
      expect(parseGuardOrder(line), line).toBeNull();
    fc.assert(fc.property(fc.string({ minLength: 20 }), (line) => parseGuardOrder(line) === null));
  });
});
