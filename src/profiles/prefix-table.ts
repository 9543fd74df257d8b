// Programs in front of a command, as data: which of their words are their own.

/** How a program that takes options and then a command is read. */
export interface Prefix {
  /** Options that take the next word. */
  readonly valued?: RegExp;
  /** Words of its own between its options and the command. */
  readonly operands?: number;
  /** Whether `NAME=value` may stand before the command. */
  readonly assigns?: true;
  /** The option that names a user. */
  readonly user?: RegExp;
  /** Whether its first operand does. */
  readonly isUserOperand?: true;
  /** The option that names the directory to start in. */
  readonly directory?: RegExp;
}

export const SUDO: Prefix = {
  valued: /^(-[A-Za-z]*[gCDhprRtTU]|--(group|close-from|host|prompt|chroot|role|type|other-user))$/,
  user: /^(?:-[A-Za-z]*u|--user)$/,
  directory: /^(-D|--chdir)$/,
  assigns: true,
};

const AS_USER: Prefix = { operands: 1, isUserOperand: true };

/**
 * Options as the manual pages of coreutils 9, util-linux 2.38, sudo 1.9, D-Bus 1.14 and of the others have them. What changes
 * the root directory is not seen through: paths behind it are others.
 */
export const PREFIXES: ReadonlyMap<string, Prefix> = new Map<string, Prefix>([
  ['env', { valued: /^(-u|--unset)$/, directory: /^(-C|--chdir)$/, assigns: true }],
  ['nice', { valued: /^(-n|--adjustment)$/ }],
  ['ionice', { valued: /^(-c|--class|-n|--classdata)$/ }],
  ['nohup', {}],
  ['setsid', {}],
  ['exec', { valued: /^-a$/ }],
  ['timeout', { valued: /^(-k|--kill-after|-s|--signal)$/, operands: 1 }],
  ['chrt', { valued: /^(-[TPD]|--sched-(runtime|period|deadline))$/, operands: 1 }],
  ['taskset', { operands: 1 }],
  ['stdbuf', { valued: /^(-[ioe]|--(input|output|error))$/ }],
  ['dbus-run-session', { valued: /^--(config-file|dbus-daemon)$/ }],
  [
    'xvfb-run',
    { valued: /^(-[efnpsw]|--(error-file|auth-file|server-num|server-args|xauth-protocol|wait))$/ },
  ],
  [
    'systemd-run',
    {
      valued: /^(-[HMpEu]|--(host|machine|property|setenv|unit|slice|description|gid|nice))$/,
      user: /^--uid$/,
      directory: /^--working-directory$/,
    },
  ],
  ['systemd-cat', { valued: /^(-[tp]|--(identifier|priority|stderr-priority|level-prefix))$/ }],
  ['systemd-inhibit', { valued: /^--(what|who|why|mode)$/ }],
  ['prlimit', {}],
  ['choom', { valued: /^(-n|--adjust)$/ }],
  ['flock', { valued: /^(-[Ew]|--(conflict-exit-code|timeout|wait))$/, operands: 1 }],
  ['setarch', {}],
  ['linux64', {}],
  ['unshare', { valued: /^(-[SG]|--(setuid|setgid|map-user|map-group|map-users|map-groups))$/ }],
  [
    'setpriv',
    {
      valued: /^--(rgid|egid|regid|euid|groups|inh-caps|ambient-caps|bounding-set|securebits|pdeathsig)$/,
      user: /^--(reuid|ruid)$/,
    },
  ],
  ['time', { valued: /^-[fo]$/ }],
  ['busybox', {}],
  ['sudo', SUDO],
  ['doas', { valued: /^-C$/, user: /^-[A-Za-z]*u$/ }],
  ['cpulimit', { valued: /^(-[lecpP]|--(limit|cpu))$/ }],
  ['numactl', { valued: /^(-[NCmpi]|--(cpunodebind|physcpubind|membind|preferred|interleave))$/ }],
  // Containers: their first process, and what changes the user there.
  ['tini', { valued: /^-[pe]$/ }],
  ['catatonit', {}],
  ['dumb-init', { valued: /^(-r|--rewrite)$/ }],
  ['gosu', AS_USER],
  ['su-exec', AS_USER],
  ['s6-setuidgid', AS_USER],
  ['setuidgid', AS_USER],
  ['chpst', { valued: /^-[Ube/nlLmdopfcrtsa]$/, user: /^-u$/, directory: /^-C$/ }],
]);
