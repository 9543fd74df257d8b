// The programs that a service names: our launcher, Node, the daemon's, and who tells systemd that it is up.

import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NOTIFY_PROGRAM } from '../../actuators/notify-way.ts';
import { SyncguardError } from '../../domain/error.ts';
import type { ServicePlan } from '../../inits/index.ts';
import { loadLibc } from '../../kernel/native.ts';
import { findProgram } from '../../kernel/program-path.ts';
import type { ServiceOptions, ServiceRequest } from './service-plan.ts';
import type { SplitWords } from './service-words.ts';
import type { Terminal } from './terminal.ts';

/** The launcher by the name that outlives an upgrade, and Node's directory where no init would find it. */
export function programOf({ environment }: Terminal): Pick<ServicePlan, 'program' | 'nodeDirectory'> {
  const path = environment['PATH'] ?? '';
  const directory = [import.meta.dirname, join(import.meta.dirname, '..')].find((place) =>
    existsSync(join(place, 'sentinel.cjs')),
  );
  const ours = join(directory ?? import.meta.dirname, '../bin/syncguard');
  const inPath = findProgram('syncguard', path);
  const isSame = inPath !== null && isOurs(inPath, ours);
  if (!isSame && UNPACKED.test(ours)) throw notFoundAgain();
  const isFound = INIT_PATH.some((each) => existsSync(join(each, 'node')));
  return { program: isSame ? inPath : ours, nodeDirectory: isFound ? null : dirname(process.execPath) };
}

/** Where the one file keeps what it unpacked: by its digest, so that every version has another. */
const UNPACKED = /\/program\/([0-9a-f]{64})\/bin\/syncguard$/;
/** Its digest stands in one of its first lines. */
const HEAD_BYTES = 512;

function isOurs(inPath: string, ours: string): boolean {
  const [, digest] = UNPACKED.exec(ours) ?? [];
  if (digest === undefined) return realpathSync(inPath) === realpathSync(ours);
  return readFileSync(inPath).toString('latin1', 0, HEAD_BYTES).includes(`\nsg_digest=${digest}\n`);
}

const notFoundAgain = (): SyncguardError =>
  new SyncguardError(
    'usage',
    'This is the one file, and a service could not find it again: it is not syncguard in PATH.',
    'sudo install ./syncguard /usr/local/bin/, then: syncguard service',
  );

/** What every init gives its services at least. */
const INIT_PATH = ['/usr/local/bin', '/usr/bin', '/bin'];

/** By its path where the init would not find it, or would look from another directory. */
export function commandOf(
  { command: [word, ...rest] }: SplitWords,
  { options, terminal }: ServiceRequest,
): string[] {
  if (word === undefined) return [];
  if (word.includes('/')) return [resolve(word), ...rest];
  const path = options.root === undefined ? findProgram(word, terminal.environment['PATH'] ?? '') : null;
  return [path === null || INIT_PATH.includes(dirname(path)) ? word : path, ...rest];
}

/** koffi is there for the guard as it is for us; of another machine nothing is known. */
export function notifierFor({ root }: ServiceOptions, { environment }: Terminal): ServicePlan['notifies'] {
  if (root !== undefined) return 'either';
  if (loadLibc().ok) return 'guard';
  return findProgram(NOTIFY_PROGRAM, environment['PATH'] ?? '') === null ? 'none' : 'program';
}
