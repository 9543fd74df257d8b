// A copy of the program as npm would install it, with the sentinel built from today's source and a gate of the test's choice.
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'rolldown';
import { type GateRecord, renderGateRecord } from '../../src/formats/gate-record.ts';

const PROJECT = join(import.meta.dirname, '../..');

export interface Installation {
  readonly root: string;
  /** bin/syncguard. */
  readonly program: string;
  remove(): void;
}

export const ADMITTED: GateRecord = {
  verdict: 'admit',
  reason: 'fits',
  binding: 'memory',
  profile: 'process',
  enomemSafe: true,
  message: 'It fits.',
  hint: '',
  ownLimitBytes: null,
  terms: null,
};

/** A gate that answers with this record, whatever it is asked; `before` is program text that runs first. */
export function gateAnswering(record: Partial<GateRecord>, before = ''): string {
  const bytes = Buffer.from(renderGateRecord({ ...ADMITTED, ...record })).toString('base64');
  return `${before};require('fs').writeSync(3, Buffer.from('${bytes}', 'base64'));`;
}

/** `gate` is the text of dist/gate.cjs; the directory's name has a space in it, as a home may. */
export async function install(gate: string = gateAnswering({})): Promise<Installation> {
  const root = mkdtempSync(join(tmpdir(), 'syncguard test-'));
  // Readable for the unprivileged user that some tests run it as.
  chmodSync(root, 0o755);
  cpSync(join(PROJECT, 'bin'), join(root, 'bin'), { recursive: true });
  await build({
    input: join(PROJECT, 'src/sentinel/main.ts'),
    platform: 'node',
    external: ['koffi'],
    output: { file: join(root, 'dist/sentinel.cjs'), format: 'cjs', codeSplitting: false },
    logLevel: 'silent',
  });
  writeFileSync(join(root, 'dist/gate.cjs'), gate);
  return {
    root,
    program: join(root, 'bin/syncguard'),
    remove: () => rmSync(root, { recursive: true }),
  };
}
