import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODE_OF } from '../src/domain/error.ts';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
/** A row of the table of codes: its codes, and the exit status beside them. */
const ROWS = [...README.matchAll(/^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| (\d+) \|/gm)];

describe('README', () => {
  it('has every error code, with its exit status, and none that there is not', () => {
    const told = ROWS.flatMap(([, codes = '', status]) =>
      [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code]) => [code, Number(status)]),
    );
    expect(Object.fromEntries(told)).toEqual(EXIT_CODE_OF);
  });
});
