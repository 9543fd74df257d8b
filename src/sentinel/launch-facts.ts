// What bin/syncguard saw before Node started: ignored signals and open descriptors, and the environment as the user had it.

import { constants } from 'node:os';
import { COOKIE_VARIABLE } from '../actuators/members.ts';
import { NOTIFY_VARIABLES } from '../formats/notify-message.ts';
import { isOwnDirectory } from '../settings/places.ts';

/** Handed over as `SYNCGUARD_LAUNCH=<SigIgn in hex> <soft limit of open files> <those open of descriptors 0 to 8>`. */
export const LAUNCH_VARIABLE = 'SYNCGUARD_LAUNCH';
/** Where the user's own values are that the launcher puts others in place of: they are the daemon's and not ours. */
const KEPT_VARIABLES: Readonly<Record<string, string>> = {
  NODE_OPTIONS: 'SYNCGUARD_NODE_OPTIONS',
  MALLOC_TRIM_THRESHOLD_: 'SYNCGUARD_MALLOC_TRIM_THRESHOLD',
};

export interface LaunchFacts {
  /** Signal numbers, 1 to 64. */
  readonly ignoredSignals: readonly number[];
  /** RLIMIT_NOFILE's soft limit, `1024` or `unlimited`; null: not known. Node raises its own to the hard limit at start. */
  readonly openFilesLimit: string | null;
  /** Standard descriptors that were closed. */
  readonly closedDescriptors: readonly number[];
  /** Descriptors 3 to 8 that were open, as sockets of LISTEN_FDS are. */
  readonly extraDescriptors: readonly number[];
}

const NOTHING_SEEN: LaunchFacts = {
  ignoredSignals: [],
  openFilesLimit: null,
  closedDescriptors: [],
  extraDescriptors: [],
};

/** An absent or foreign text reads as nothing ignored and the three standard descriptors open. */
export function parseLaunchFacts(text: string | undefined): LaunchFacts {
  const match = /^([0-9a-f]{1,16}) (\d+|unlimited)((?: [0-8])*)$/.exec(text ?? '');
  if (match === null) return NOTHING_SEEN;
  const ignored = BigInt(`0x${match[1]}`);
  const open = (match[3] ?? '').split(' ').filter(Boolean).map(Number);
  return {
    ignoredSignals: Array.from({ length: 64 }, (_, bit) => bit + 1).filter(
      (signal) => (ignored >> BigInt(signal - 1)) & 1n,
    ),
    openFilesLimit: match[2] ?? null,
    closedDescriptors: [0, 1, 2].filter((descriptor) => !open.includes(descriptor)),
    extraDescriptors: open.filter((descriptor) => descriptor > 2),
  };
}

/** Node's name of a signal number; null for real-time ones, which it does not name. */
export const signalName = (signal: number): NodeJS.Signals | null =>
  SIGNALS.find(([, number]) => number === signal)?.[0] ?? null;

const SIGNALS = Object.entries(constants.signals) as [NodeJS.Signals, number][];

type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentRequest {
  readonly passesNotify: boolean;
  /** null: no cookie is needed. */
  readonly cookie: string | null;
}

/**
 * The daemon's environment: the user's own, less what is ours. The service manager's notify socket and watchdog are
 * the guard's (a READY=1 from the daemon would be taken for ours), unless they are passed on.
 */
export function daemonEnvironment(own: Environment, request: EnvironmentRequest): Record<string, string> {
  return withoutOwnDirectories(environmentBehind(own, request));
}

/** Of directories that a unit gives, ours are not the daemon's: it shall find those it would find without us. */
function withoutOwnDirectories(environment: Record<string, string>): Record<string, string> {
  for (const name of ['STATE_DIRECTORY', 'RUNTIME_DIRECTORY']) {
    const given = environment[name];
    if (given === undefined) continue;
    const left = given.split(':').filter((path) => !isOwnDirectory(path));
    if (left.length === 0) delete environment[name];
    else environment[name] = left.join(':');
  }
  return environment;
}

function environmentBehind(own: Environment, request: EnvironmentRequest): Record<string, string> {
  const kept = Object.entries(KEPT_VARIABLES);
  const withheld = [LAUNCH_VARIABLE, COOKIE_VARIABLE, ...kept.flat()];
  if (!request.passesNotify) withheld.push(...NOTIFY_VARIABLES);
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(own))
    if (value !== undefined && !withheld.includes(name)) environment[name] = value;
  for (const [name, keptAs] of kept) {
    const value = own[keptAs];
    if (value !== undefined) environment[name] = value;
  }
  if (request.cookie !== null) environment[COOKIE_VARIABLE] = request.cookie;
  return environment;
}

/** The gate's: as ours (so without the NODE_OPTIONS meant for the daemon). */
export function gateEnvironment(own: Environment): Record<string, string> {
  // Neither is the gate's: options are the daemon's own, and a bundle of certificates costs Node 40 ms at its start.
  const {
    NODE_OPTIONS: _,
    NODE_EXTRA_CA_CERTS: __,
    ...environment
  } = environmentBehind(own, { passesNotify: false, cookie: null });
  return environment;
}

/** The companion's: it asks other machines, perhaps by certificates of the user's own. */
export function companionEnvironment(own: Environment): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS: certificates } = own;
  const environment = gateEnvironment(own);
  return certificates === undefined ? environment : { ...environment, NODE_EXTRA_CA_CERTS: certificates };
}
