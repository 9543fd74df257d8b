// `syncguard service print` and `service install`: the files of a service, shown or written.

import { join } from 'node:path';
import { askProgram } from '../../actuators/daemon-program.ts';
import { installFiles, journalsOf, type Written } from '../../actuators/installation.ts';
import { SyncguardError } from '../../domain/error.ts';
import { RENDERERS, renderSystemdWrap } from '../../inits/index.ts';
import { stateDirectory } from '../../settings/places.ts';
import type { CommonOptions } from './common-options.ts';
import { EXIT } from './exit-code.ts';
import { renderJson } from './json-text.ts';
import { type PlannedService, planService, type ServiceOptions } from './service-plan.ts';
import { renderInstalled, renderPrinted, type ServiceReport, serviceJson } from './service-text.ts';
import type { SplitWords } from './service-words.ts';
import type { Terminal } from './terminal.ts';

export interface InstallOptions extends ServiceOptions, CommonOptions {
  readonly now?: boolean;
}

/** Writes nothing. */
export async function runServicePrint(
  words: SplitWords,
  options: InstallOptions,
  terminal: Terminal,
): Promise<number> {
  const planned = await planService({ options, words, terminal });
  const report = { ...reportOf(planned), action: 'print' as const };
  if (options.json === true) terminal.print(renderJson(serviceJson(report)));
  else {
    const { content, remarks } = renderPrinted(report);
    terminal.print(content);
    if (options.quiet !== true) terminal.complain(remarks);
  }
  return EXIT.ok;
}

export async function runServiceInstall(
  words: SplitWords,
  options: InstallOptions,
  terminal: Terminal,
): Promise<number> {
  const planned = await planService({ options, words, terminal });
  const { root = '' } = options;
  const report = reportOf(planned);
  if (report.init === 'container')
    throw new SyncguardError(
      'usage',
      'A container has its service in its image: there is nothing to install on this machine.',
      'syncguard service print --init container',
    );
  const written = write(report, { root, terminal });
  const ran = root === '' && written.some((each) => each !== 'unchanged') ? report.installation.reload : [];
  const asked = options.now === true ? [...report.installation.reload, ...report.installation.enable] : ran;
  const done = await runAll(asked, terminal);
  const whole = { ...report, action: 'install' as const, root, written, ...done };
  if (options.json === true) terminal.print(renderJson(serviceJson(whole)));
  else if (options.quiet !== true) terminal.print(renderInstalled(whole));
  return done.failed === null ? EXIT.ok : EXIT.warned;
}

function reportOf({ init, plan, wrapped }: PlannedService): Omit<ServiceReport, 'action'> {
  const installation = wrapped === null ? RENDERERS[init](plan) : renderSystemdWrap(plan, wrapped);
  return { init, name: plan.name, scope: plan.scope, installation };
}

interface WriteRequest {
  readonly root: string;
  readonly terminal: Terminal;
}

/** Our own state of whoever installs; below --root that of root there. */
export function ownStateOf({ root, terminal: { environment, home } }: WriteRequest): string {
  const isHere = root === '';
  const isRoot = !isHere || process.getuid?.() === 0;
  return join(root, stateDirectory({ environment: isHere ? environment : {}, home, isRoot }));
}

function write(
  { name, installation }: Omit<ServiceReport, 'action'>,
  request: WriteRequest,
): readonly Written[] {
  const files = installation.files.map((file) => ({ ...file, path: join('/', request.root, file.path) }));
  const journal = join(journalsOf(ownStateOf(request)), name);
  const done = installFiles(files, { name, journal, at: new Date().toISOString() });
  if (done.ok) return done.value;
  const isDenied = /\((EACCES|EPERM|EROFS)\)/.test(done.error);
  throw new SyncguardError(
    isDenied ? 'denied' : 'io',
    `${done.error}; nothing was changed.`,
    isDenied
      ? 'sudo syncguard service install ..., or --user for a service of your own'
      : 'syncguard service print',
  );
}

interface Ran {
  /** Commands that were run and ended well. */
  readonly ran: readonly string[];
  /** The first that did not, with why; those behind it were not run. null: none. */
  readonly failed: string | null;
}

/** One after another, until one fails. */
export async function runAll(commands: readonly string[], { environment }: Terminal): Promise<Ran> {
  const ran: string[] = [];
  for (const command of commands) {
    const done = await askProgram(command.split(' '), environment);
    if (!done.ok) return { ran, failed: done.error };
    ran.push(command);
  }
  return { ran, failed: null };
}
