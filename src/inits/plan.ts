// What is to run under which init, and what comes of it: files, and the commands that are left to the administrator.

/** Every init that a service can be written for. */
export const INIT_NAMES = ['systemd', 'openrc', 'runit', 's6', 'supervisord', 'container'] as const;
export type InitName = (typeof INIT_NAMES)[number];

export const isInitName = (word: string): word is InitName => INIT_NAMES.some((name) => name === word);

/** What a protection asks of the machine. */
export type Need = 'mounts' | 'hostname' | 'seccomp' | 'privileges';

/** null: it can be had here; else one clause on why it cannot. */
export type Bearing = Readonly<Record<Need, string | null>>;

export const BEARS_ALL: Bearing = { mounts: null, hostname: null, seccomp: null, privileges: null };

export interface ServicePlan {
  /** Of the unit, the script or the directory; letters, digits and `:_.@-`. */
  readonly name: string;
  /** The launcher, an absolute path. */
  readonly program: string;
  /** Of a Node outside the PATH that an init gives its services; null: that finds it. */
  readonly nodeDirectory: string | null;
  /** Of `run`, as they are to stand in front of COMMAND. */
  readonly options: readonly string[];
  /** COMMAND and its arguments; empty: the one daemon that is installed. */
  readonly command: readonly string[];
  readonly restart: 'never' | 'on-failure' | 'always';
  /** Whose service manager runs it. */
  readonly scope: 'system' | 'user';
  /** Who it runs as, and where that user's home is. */
  readonly user: string;
  readonly home: string;
  /** Absolute paths of the trees that were named. */
  readonly trees: readonly string[];
  /** Whether COMMAND serves a mount. */
  readonly isMount: boolean;
  /** From TERM to KILL, as the daemon's profile has it, milliseconds. */
  readonly graceMs: number;
  readonly bearing: Bearing;
  /**
   * From whom systemd takes READY: the guard itself, which tells that it lives, too; a program that it starts, for READY alone;
   * either, where it is not known; none: nobody could tell.
   */
  readonly notifies: 'guard' | 'program' | 'either' | 'none';
}

export interface InitFile {
  /** Absolute, without the --root it may be written below. */
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

/** A line that is not written, and why. */
export interface LeftOut {
  readonly line: string;
  readonly reason: string;
}

export interface Installation {
  readonly files: readonly InitFile[];
  readonly leftOut: readonly LeftOut[];
  /** Shell commands: what makes the init read the files again, and what starts the service now and at boot. */
  readonly reload: readonly string[];
  readonly enable: readonly string[];
}

export const FILE_MODE = 0o644;
export const SCRIPT_MODE = 0o755;

/** `syncguard run OPTIONS -- COMMAND`, word by word. */
export const runWords = ({ program, options, command }: ServicePlan): string[] => [
  program,
  'run',
  ...options,
  ...(command.length === 0 ? [] : ['--', ...command]),
];

/** Between the grace that the guard gives its daemon and the init's own KILL, for a thaw and a slow machine, seconds. */
const SLACK_SECONDS = 22;

/** How long an init waits after TERM before it kills everything. */
export const stopSeconds = ({ graceMs }: Pick<ServicePlan, 'graceMs'>): number =>
  Math.ceil(graceMs / 1_000) + SLACK_SECONDS;

/**
 * Where a service of the system keeps its state and announces its guard; a user's has the places of that user's commands. Beside
 * root's own `syncguard` and not in it, which is closed to everybody else.
 */
export const directoryOf = (name: string): string =>
  name.startsWith('syncguard-') ? name : `syncguard-${name}`;
export const stateOf = (name: string): string => `/var/lib/${directoryOf(name)}`;
export const runtimeOf = (name: string): string => `/run/${directoryOf(name)}`;
