// From what was typed, and what this machine is, to the plan of a service.

import { basename, join, resolve } from 'node:path';
import { tryUnitBearing } from '../../actuators/unit-bearing.ts';
import { SyncguardError } from '../../domain/error.ts';
import { STOP_GRACE_MS } from '../../domain/guard-thresholds.ts';
import {
  BEARS_ALL,
  type Bearing,
  INIT_NAMES,
  type InitName,
  isInitName,
  isNotifying,
  type ServicePlan,
  type WrappedUnit,
} from '../../inits/index.ts';
import { readInit } from '../../kernel/init-name.ts';
import { readUserHome } from '../../kernel/user-id.ts';
import { PROFILES, recogniseCommand } from '../../profiles/index.ts';
import { commandOf, notifierFor, programOf } from './service-program.ts';
import type { SplitWords } from './service-words.ts';
import { readWrapped, type WrapPlace, wrappedArgv } from './service-wrap.ts';
import type { Terminal } from './terminal.ts';

export interface ServiceOptions {
  readonly init?: string;
  readonly user?: boolean;
  readonly as?: string;
  readonly wrap?: string;
  readonly name?: string;
  readonly root?: string;
}

export interface ServiceRequest {
  readonly options: ServiceOptions;
  readonly words: SplitWords;
  readonly terminal: Terminal;
}

export interface PlannedService {
  readonly init: InitName;
  readonly plan: ServicePlan;
  /** The unit that the guard is put in front of; null: one of our own. */
  readonly wrapped: WrappedUnit | null;
}

export async function planService(request: ServiceRequest): Promise<PlannedService> {
  const { options, words, terminal } = request;
  const init = chooseInit(options);
  checkOptions(request, init);
  const wrapped = options.wrap === undefined ? null : readWrapped(options.wrap, unitPlace(request));
  const owner = ownerOf(options, terminal);
  const argv = wrapped === null ? words.command : wrappedArgv(wrapped, unitPlace(request));
  const profile = recogniseCommand(argv, PROFILES);
  const plan: ServicePlan = {
    name: wrapped === null ? nameFor(options, words) : wrapped.unit.replace(/\.service$/, ''),
    ...programOf(terminal),
    ...runOptions(words, wrapped),
    command: commandOf(words, request),
    scope: scopeOf(options),
    ...owner,
    trees: words.parsed.trees.map((tree) => resolve(tree)),
    isMount: profile?.kind === 'mount',
    graceMs: profile?.stop.graceMs ?? STOP_GRACE_MS,
    bearing: await bearingFor(options, terminal),
    notifies: notifierFor(options, terminal),
  };
  return { init, plan, wrapped };
}

const scopeOf = ({ user }: ServiceOptions): 'system' | 'user' => (user === true ? 'user' : 'system');

const unitPlace = ({ options, terminal }: ServiceRequest): WrapPlace => ({
  home: terminal.home,
  sysroot: options.root,
  scope: scopeOf(options),
});

const usage = (sentence: string, hint: string): SyncguardError => new SyncguardError('usage', sentence, hint);

/** Below --root the machine that the files are for is not this one. */
function chooseInit({ init, root, wrap }: ServiceOptions): InitName {
  const all = INIT_NAMES.join(', ');
  if (init !== undefined) {
    if (isInitName(init)) return init;
    throw usage(`--init ${init} is not one of ${all}.`, 'leave it out to have it detected');
  }
  if (root !== undefined || wrap !== undefined) return 'systemd';
  const { name, first } = readInit('');
  if (name !== null) return name;
  throw usage(
    `No init is recognised here: process 1 is ${first}.`,
    `syncguard service print --init NAME; known are ${all}`,
  );
}

function checkOptions({ options, words }: ServiceRequest, init: InitName): void {
  if (init !== 'systemd' && (options.user === true || options.wrap !== undefined))
    throw usage(`--user and --wrap are for systemd, and this is ${init}.`, 'syncguard service print --help');
  if (options.user === true && options.as !== undefined)
    throw usage('--user is a service of your own: it takes no --as.', 'leave out one of them');
  if (options.wrap === undefined) return;
  const besides =
    options.name !== undefined ? '--name' : options.as !== undefined ? '--as' : words.command[0];
  if (besides !== undefined)
    throw usage(
      `--wrap ${options.wrap} keeps that unit's own command, name and user: ${besides} is one too many.`,
      `syncguard service print --wrap ${options.wrap}`,
    );
}

type Owner = Pick<ServicePlan, 'user' | 'home'>;

/** Who a service of the system runs as: who is named, who called sudo, or who asks. */
function ownerOf({ user: isUsers, as, root = '' }: ServiceOptions, { environment, home }: Terminal): Owner {
  if (isUsers === true) return { user: 'self', home };
  const user = as ?? callerIn(environment);
  // An image that is being made may have no list of users yet; root has a home in any.
  const found = readUserHome(user, root) ?? (user === 'root' ? '/root' : null);
  if (found !== null) return { user, home: found };
  if (as === undefined) return { user, home };
  throw new SyncguardError(
    'no-subject',
    `--as ${user}: there is no user ${user} in ${join(root, '/etc/passwd')}.`,
    'getent passwd lists them',
  );
}

const callerIn = (environment: Terminal['environment']): string =>
  (process.getuid?.() === 0 ? environment['SUDO_USER'] : environment['USER']) ?? 'root';

function nameFor({ name }: ServiceOptions, { command: [program] }: SplitWords): string {
  const chosen = name ?? (program === undefined ? 'syncguard' : `syncguard-${basename(program)}`);
  if (/^[A-Za-z0-9][A-Za-z0-9:_.@-]*$/.test(chosen)) return chosen.replace(/\.service$/, '');
  throw usage(
    `${chosen} cannot be the name of a service: letters, digits and : _ . @ - can.`,
    'name it: syncguard service print --name sync ...',
  );
}

/** A service waits at the gate and starts its daemon again, unless it is told otherwise. */
function runOptions(
  { options, parsed: { flags } }: SplitWords,
  wrapped: WrappedUnit | null,
): Pick<ServicePlan, 'options' | 'restart'> {
  const restart = flags['restart.policy'] ?? wrapped?.restart ?? 'on-failure';
  // What runs once, as a timer's unit, is tried again by who started it.
  const isOnce = wrapped?.type === 'oneshot';
  const said = (setting: string, words: readonly string[]): readonly string[] =>
    flags[setting] === undefined ? words : [];
  return {
    restart: restart === 'never' || restart === 'always' ? restart : 'on-failure',
    options: [
      ...said('on_refuse', isOnce ? [] : ['--on-refuse', 'wait']),
      ...said('restart.policy', isOnce || restart === 'never' ? [] : ['--restart', restart]),
      ...(wrapped !== null && isNotifying(wrapped.type) ? said('pass_notify', ['--pass-notify']) : []),
      ...options,
    ],
  };
}

/** Tried where it can be: as root, for this very machine. */
async function bearingFor({ user, root }: ServiceOptions, { environment }: Terminal): Promise<Bearing> {
  const reason = "a user's manager cannot give that";
  if (user === true) return { ...BEARS_ALL, mounts: reason, hostname: reason, privileges: reason };
  return root === undefined && process.getuid?.() === 0 ? tryUnitBearing(environment) : BEARS_ALL;
}
