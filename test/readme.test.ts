import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODE_OF } from '../src/domain/error.ts';

const ROW_OF_CODES = /^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| (\d+) \|/gm;

const read = (name: string): string => readFileSync(join(import.meta.dirname, '..', name), 'utf8');
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/^\| `syncguard ([a-z]+)/gm)].map(([, command = '']) => command);

describe.each(['README.md', 'README.fr.md'])('%s', (name) => {
  it('has every error code, with its exit status, and none that there is not', () => {
    const told = [...read(name).matchAll(ROW_OF_CODES)].flatMap(([, codes = '', status]) =>
      [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code]) => [code, Number(status)]),
    );
    expect(Object.fromEntries(told)).toEqual(EXIT_CODE_OF);
  });

  it('tells of the same commands as the other', () => {
    expect(commandsIn(read(name)).length).toBeGreaterThan(10);
    expect(commandsIn(read(name))).toEqual(commandsIn(read('README.md')));
  });
});
