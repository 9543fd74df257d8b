import { describe, expect, it } from 'vitest';
import {
  isConditionMet,
  parseRestartCondition,
  renderRestartCondition,
} from '../../src/formats/restart-condition.ts';

describe('a restart condition', () => {
  it('is read back as it is written', () => {
    for (const text of ['held>60%', 'judged>12.5%']) {
      const parsed = parseRestartCondition(text);
      expect(parsed.ok && renderRestartCondition(parsed.value)).toBe(text);
    }
  });

  it.each(['held', 'held>60', 'rss>60%', 'held<60%', 'held>160%', ''])('%s is refused', (text) => {
    expect(parseRestartCondition(text).ok).toBe(false);
  });

  it('is met by one wall over it, and not by what is not known', () => {
    const condition = { amount: 'held', share: 0.6 } as const;
    expect(isConditionMet(condition, [{ held: 59, judged: 90, wall: 100 }])).toBe(false);
    expect(isConditionMet(condition, [{ held: 60, judged: 0, wall: 100 }])).toBe(false);
    expect(
      isConditionMet(condition, [
        { held: 1, judged: 0, wall: 100 },
        { held: 61, judged: 0, wall: 100 },
      ]),
    ).toBe(true);
    expect(isConditionMet(condition, [{ held: 61, judged: 61, wall: -1 }])).toBe(false);
    expect(isConditionMet(condition, [{ held: -1, judged: -1, wall: 100 }])).toBe(false);
    expect(isConditionMet(condition, [])).toBe(false);
  });
});
