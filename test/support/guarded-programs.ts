// Every program of the package as built from today's source, with a gate of the test's choice in place of the real one.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildOptions, build } from 'rolldown';
import type { GateRecord, GuardTerms } from '../../src/formats/gate-record.ts';
import { unknownTerms } from '../../src/sentinel/guard-parts.ts';
import { gateAnswering, type Installation, install } from './installation.ts';

/** Its type is not declared: a configuration file of a bundler is plain JavaScript. */
const CONFIGURATION = join(import.meta.dirname, '../../src/rolldown.config.mjs');

export interface Programs extends Installation {
  /** What the gate says from its next run on. */
  answer(record: Partial<GateRecord>): void;
}

/** Terms under which the table of guarded-wall.ts is the one wall there is. */
export const TABLE_TERMS: GuardTerms = { ...unknownTerms(), platform: 'openvz-028' };

export async function installPrograms(): Promise<Programs> {
  const installation = await install(gateAnswering({ terms: TABLE_TERMS }));
  const gate = join(installation.root, 'dist/gate.cjs');
  const answering = readFileSync(gate, 'utf8');
  const { default: programs } = (await import(CONFIGURATION)) as { default: readonly BuildOptions[] };
  for (const program of programs)
    await build({ ...program, output: { ...program.output, dir: dirname(gate) }, logLevel: 'silent' });
  writeFileSync(gate, answering);
  return {
    ...installation,
    answer: (record) => writeFileSync(gate, gateAnswering({ terms: TABLE_TERMS, ...record })),
  };
}
