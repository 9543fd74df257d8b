import { describe, expect, it } from 'vitest';
import { findProfile, PROFILES } from '../../src/profiles/index.ts';
import { PROFILE_SCHEMA } from '../../src/profiles/profile-schema.ts';
import { schemaTroubles } from '../support/json-schema.ts';

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const troublesOf = (value: unknown): string[] => schemaTroubles(asJson(value), PROFILE_SCHEMA);
const [SAMPLE] = PROFILES;

describe('the schema of a profile', () => {
  it.each(PROFILES.map((profile) => [profile.id, profile] as const))('holds for %s', (_, profile) => {
    expect(troublesOf(profile)).toEqual([]);
  });

  it('holds for one that the configuration changed or made', () => {
    const overrides = {
      dropbox: { rssBaseBytes: 1, termSafe: 'idle-only' as const },
      my_own: { like: 'seafile', names: ['mine'] },
    };
    for (const id of Object.keys(overrides)) {
      const found = findProfile(id, overrides);
      expect(found.ok && troublesOf(found.value)).toEqual([]);
    }
  });

  it.each([
    [{ ...SAMPLE, kind: 'robot' }, /^\$\.kind: not one of watcher/],
    [{ ...SAMPLE, title: undefined }, '$.title: missing'],
    [{ ...SAMPLE, colour: 'red' }, '$.colour: not known'],
    [{ ...SAMPLE, evidence: [] }, '$.evidence: too few'],
    [{ ...SAMPLE, control: {} }, '$.control: none of its choices'],
    [{ ...SAMPLE, cost: { ...SAMPLE?.cost, sides: 3 } }, /^\$\.cost\.sides: not one of 1, 2/],
    [
      {
        ...SAMPLE,
        cost: { ...SAMPLE?.cost, tasks: { value: -1, evidence: 'measured', errorPercent: 5, source: 'x' } },
      },
      '$.cost.tasks.value: below 0',
    ],
    [
      { ...SAMPLE, cost: { ...SAMPLE?.cost, tasks: { value: 1, evidence: 'measured', errorPercent: 5 } } },
      '$.cost.tasks.source: missing',
    ],
  ])('does not hold for what is no profile: case %#', (value, trouble) => {
    const expected = typeof trouble === 'string' ? trouble : expect.stringMatching(trouble);
    expect(troublesOf(value)).toEqual([expected]);
  });

  it('begins every line of evidence with its class', () => {
    for (const { id, evidence } of PROFILES)
      for (const line of evidence) expect(line, id).toMatch(/^(measured|source|reported|inferred): /);
  });
});
