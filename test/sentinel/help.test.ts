import { describe, expect, it } from 'vitest';
import { ATTACH_OPTION_HELP, renderAttachHelp } from '../../src/sentinel/attach-help.ts';
import { ATTACH_OPTIONS, TARGETS } from '../../src/sentinel/attach-options.ts';
import { OPTION_HELP, renderHelp } from '../../src/sentinel/help.ts';
import { DEFAULT_OPTIONS, SWITCHES, VALUED } from '../../src/sentinel/options.ts';

describe('the help of run', () => {
  it('tells every option there is, and none besides', () => {
    const told = OPTION_HELP.flatMap(({ name, short }) => (short === undefined ? [name] : [name, short]));
    expect(told.toSorted()).toEqual([...Object.keys(SWITCHES), ...Object.keys(VALUED)].toSorted());
  });

  it('asks for a value exactly where one is taken', () => {
    for (const { name, value, choices } of OPTION_HELP)
      expect([name, value !== undefined || choices !== undefined]).toEqual([
        name,
        Object.hasOwn(VALUED, name),
      ]);
  });

  it('lists only values that are taken', () => {
    const listed = OPTION_HELP.flatMap(({ name, choices = [] }) => choices.map((word) => [name, word]));
    expect(listed.length).toBeGreaterThan(15);
    for (const [name = '', word = ''] of listed)
      expect([name, word, VALUED[name]?.(word, DEFAULT_OPTIONS).ok]).toEqual([name, word, true]);
  });

  it('keeps to 100 columns, and no line ends in a blank', () => {
    const lines = renderHelp().split('\n');
    expect(lines.filter((line) => line.length > 100 || line.endsWith(' '))).toEqual([]);
  });
});

describe('the help of attach', () => {
  it('tells every option it takes, its own two first, in 100 columns', () => {
    const told = ATTACH_OPTION_HELP.flatMap(({ name, short }) =>
      short === undefined ? [name] : [name, short],
    );
    expect(told.slice(0, 2)).toEqual(Object.keys(TARGETS));
    expect(told.toSorted()).toEqual(ATTACH_OPTIONS.toSorted());
    const lines = renderAttachHelp().split('\n');
    expect(lines.filter((line) => line.length > 100 || line.endsWith(' '))).toEqual([]);
  });
});
