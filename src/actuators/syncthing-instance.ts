// The Syncthing that keeps a folder: its REST API where it runs, its configuration where it does not.

import { basename, dirname, resolve } from 'node:path';
import { failure, type Result, success } from '../domain/result.ts';
import { readKernelDirectory, readKernelFile } from '../kernel/kernel-file.ts';
import { type RootsRequest, readRoots } from '../profiles/index.ts';
import { SYNCTHING } from '../profiles/syncthing.ts';
import { readSyncthingControl } from '../profiles/syncthing-control.ts';
import { type SyncthingApi, syncthingApi } from './syncthing-api.ts';

export interface SyncthingFolder {
  readonly id: string;
  readonly configPath: string;
  /** null: it does not answer. */
  readonly api: SyncthingApi | null;
  /** Whether one runs on this configuration, answering or not. */
  readonly isRunning: boolean;
}

/** The folder of this path; the error, one clause, says why there is none that can be spoken of. */
export async function findSyncthingFolder(
  root: string,
  request: RootsRequest,
): Promise<Result<SyncthingFolder, string>> {
  const control = readSyncthingControl(request);
  if (!control.ok) return control;
  const { configPath, folders, api: place } = control.value;
  const folder = folders.find(({ path }) => path === root);
  if (folder === undefined) return failure(`${configPath} has no folder ${root}`);
  return success({ id: folder.id, ...(await findInstance(configPath, place)) });
}

/** The folder of this id in a configuration it was found in before. */
export async function findSyncthingById(
  id: string,
  configPath: string,
  request: RootsRequest,
): Promise<Result<SyncthingFolder, string>> {
  const control = readSyncthingControl({
    ...request,
    argv: ['syncthing', 'serve', `--home=${dirname(configPath)}`],
  });
  if (!control.ok) return control;
  return success({ id, ...(await findInstance(configPath, control.value.api)) });
}

/** The instance of a configuration whose path and API are known. */
async function findInstance(
  configPath: string,
  place: Parameters<typeof syncthingApi>[0],
): Promise<Omit<SyncthingFolder, 'id'>> {
  const isRunning = runsOn(configPath);
  const api = syncthingApi(place);
  const answers = isRunning && (await api.ping());
  return { configPath, api: answers ? api : null, isRunning };
}

/** A process that would read this very configuration; one whose environment cannot be read might. */
function runsOn(configPath: string): boolean {
  const processes = readKernelDirectory('', '/proc');
  if (!processes.ok) return true;
  return processes.value
    .filter((name) => /^\d+$/.test(name))
    .some((pid) => {
      const argv = wordsOf(pid, 'cmdline');
      return (
        SYNCTHING.match.names.includes(basename(argv?.[0] ?? '')) && mayRead(pid, argv ?? [], configPath)
      );
    });
}

function mayRead(pid: string, argv: readonly string[], configPath: string): boolean {
  const variables = wordsOf(pid, 'environ');
  if (variables === null) return true;
  const env = Object.fromEntries(variables.map((each) => each.split(/=(.*)/s).slice(0, 2)));
  const found = readRoots(SYNCTHING, { home: env['HOME'] ?? '/', env, argv });
  return resolve(found.ok ? found.value.evidence : found.error.path) === resolve(configPath);
}

function wordsOf(pid: string, file: 'cmdline' | 'environ'): string[] | null {
  const text = readKernelFile('', `/proc/${pid}/${file}`);
  return text.ok ? text.value.split('\0').slice(0, -1) : null;
}
