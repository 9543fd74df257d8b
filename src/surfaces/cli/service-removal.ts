// `syncguard service uninstall`: the files as they were before, whoever is paused let go on, and what runs left running.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { thawAbandoned } from '../../actuators/abandoned.ts';
import { journalDirectory, readJournal } from '../../actuators/change-journal.ts';
import { installedNames, journalsOf, takeBack } from '../../actuators/installation.ts';
import { SyncguardError } from '../../domain/error.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { removalOf, runtimeOf, stateOf } from '../../inits/index.ts';
import { readKernelFile } from '../../kernel/kernel-file.ts';
import { nameOfUnit } from '../../profiles/unit-file.ts';
import type { CommonOptions } from './common-options.ts';
import { askGuard } from './control-client.ts';
import { EXIT } from './exit-code.ts';
import { type FoundGuard, nameOf, ownPlaces, readGuards } from './guard-place.ts';
import { renderJson } from './json-text.ts';
import { ownStateOf, runAll } from './service-command.ts';
import { type RemovalReport, renderRemoved } from './service-removal-text.ts';
import type { Terminal } from './terminal.ts';

export interface UninstallOptions extends CommonOptions {
  readonly wrap?: string;
  readonly name?: string;
  readonly root?: string;
  readonly purge?: boolean;
  readonly force?: boolean;
}

export async function runServiceUninstall(
  word: string | undefined,
  options: UninstallOptions,
  terminal: Terminal,
): Promise<number> {
  const { root = '' } = options;
  const state = ownStateOf({ root, terminal });
  const name = chooseService(word, options, journalsOf(state));
  const journal = join(journalsOf(state), name);
  const removal = removalOf(firstFileOf(journal, root));
  const isHere = root === '';
  const resumed = isHere ? await letGoOn(name, terminal) : [];
  const before = await runAll(isHere ? removal.before : [], terminal);
  const restored = takeBack(journal, { isForced: options.force === true, isAll: true });
  const after = await runAll(isHere ? removal.after : [], terminal);
  const report: RemovalReport = {
    name,
    restored,
    resumed,
    ran: [...before.ran, ...after.ran],
    failed: before.failed ?? after.failed,
    remark: isHere ? removal.remark : null,
    purged: options.purge === true ? purge(name, { root, state }) : [],
    changedByFit: fitChangesIn([state, join(root, stateOf(name))]),
  };
  if (options.json === true)
    terminal.print(renderJson({ schema: 'syncguard/service-uninstall/1', ...report }));
  else if (options.quiet !== true) terminal.print(renderRemoved(report));
  return restored.some(({ obstacle }) => obstacle !== null) ? EXIT.refused : EXIT.ok;
}

/** What a guard left frozen that is gone, for a unit's ExecStopPost= and by hand. */
export async function runServiceThaw(options: CommonOptions, terminal: Terminal): Promise<number> {
  const thawed = ownPlaces(terminal.environment).flatMap(thawAbandoned);
  if (options.json === true) terminal.print(renderJson({ schema: 'syncguard/service-thaw/1', thawed }));
  else if (options.quiet !== true) terminal.print(thawed.map((line) => `${line}\n`).join(''));
  return EXIT.ok;
}

function chooseService(word: string | undefined, options: UninstallOptions, journals: string): string {
  const installed = installedNames(journals);
  const asked = word ?? options.name ?? options.wrap;
  const list = installed.length === 0 ? 'none is installed' : `installed: ${installed.join(', ')}`;
  if (asked === undefined) {
    const [only] = installed;
    if (only !== undefined && installed.length === 1) return only;
    throw new SyncguardError('no-service', `Which service? ${list}.`, 'syncguard service uninstall NAME');
  }
  const name = nameOfUnit(asked).replace(/\.service$/, '');
  if (installed.includes(name)) return name;
  const near = nearestWord(name, installed);
  throw new SyncguardError(
    'no-service',
    `No service ${name} was installed by syncguard; ${list}.`,
    near === null ? 'syncguard service install' : `did you mean syncguard service uninstall ${near}?`,
  );
}

/** Without --root; '' when the journal cannot be read. */
const firstFileOf = (journal: string, root: string): string =>
  readJournal(journal)
    .flatMap(({ changes }) => changes)
    .find((change) => change.kind === 'file')
    ?.path.slice(root.length) ?? '';

/** Its guard guards on, and its daemon goes on: also where the guard is gone and has left it frozen. */
async function letGoOn(name: string, terminal: Terminal): Promise<string[]> {
  const guards = readGuards(terminal).filter((guard) => guard.isAlive && belongsTo(name, guard));
  const resumed: string[] = [];
  for (const guard of guards) {
    const reply = await askGuard(guard.directory, { command: 'resume' });
    const state = reply.ok && reply.value.ok ? reply.value.status?.state : undefined;
    resumed.push(`${nameOf(guard)} is ${state ?? 'left as it is: its guard did not answer'}`);
  }
  return [...resumed, ...thawAbandoned(runtimeOf(name))];
}

function belongsTo(name: string, { directory, manifest }: FoundGuard): boolean {
  const cgroups = readKernelFile('', `/proc/${manifest.pid}/cgroup`);
  const isInUnit = cgroups.ok && cgroups.value.includes(`/${name}.service`);
  return isInUnit || directory.startsWith(`${runtimeOf(name)}/`);
}

interface PurgeScene {
  readonly root: string;
  readonly state: string;
}

/** The service's own state; with the last service what syncguard kept for this user, but what `fit --undo` needs. */
function purge(name: string, { root, state }: PurgeScene): string[] {
  const isLast = installedNames(journalsOf(state)).length === 0;
  const own = [stateOf(name), runtimeOf(name)].map((path) => join(root, path));
  const shared = isLast ? entriesOf(state).filter((path) => !isNeeded(path)) : [];
  const gone = [...own, ...shared].filter((path) => existsSync(path));
  for (const path of gone) rmSync(path, { recursive: true, force: true });
  if (isLast && entriesOf(state).length === 0) rmSync(state, { recursive: true, force: true });
  return gone;
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory).map((entry) => join(directory, entry));
  } catch {
    return [];
  }
}

const isNeeded = (path: string): boolean => readJournal(path).length > 0;

const fitChangesIn = (states: readonly string[]): string[] =>
  states
    .flatMap((state) => readJournal(journalDirectory(state)))
    .flatMap(({ changes }) => changes)
    .flatMap((change) => (change.kind === 'syncthing-watcher' ? change.configPath : change.path));
