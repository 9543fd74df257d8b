// What a unit takes from a daemon that it does not need: one line each, with what the line asks of the machine.
// File sync goes on: nothing here hides a home, makes a tree read-only or changes the mode of a new file.

import type { LeftOut, Need, ServicePlan } from './plan.ts';

interface Protection {
  readonly line: string;
  readonly needs: Need;
}

/** What root's daemons and our guard use: other people's files, signals, locked pages, becoming a user. */
const ROOT_CAPABILITIES = [
  'CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_SETFCAP',
  'CAP_IPC_LOCK CAP_KILL CAP_NET_BIND_SERVICE CAP_SETGID CAP_SETUID CAP_SYS_RESOURCE',
].join(' ');

/** ProtectControlGroups= is not among them: the guard makes the daemon's cgroup. Nor MemoryDenyWriteExecute=: Node compiles. */
const protectionsFor = (isRoot: boolean): Protection[] => [
  { line: 'NoNewPrivileges=yes', needs: 'seccomp' },
  { line: `CapabilityBoundingSet=${isRoot ? ROOT_CAPABILITIES : ''}`, needs: 'privileges' },
  { line: 'ProtectSystem=full', needs: 'mounts' },
  { line: PRIVATE_TMP, needs: 'mounts' },
  { line: 'PrivateDevices=yes', needs: 'mounts' },
  { line: 'ProtectKernelTunables=yes', needs: 'mounts' },
  { line: 'ProtectKernelModules=yes', needs: 'mounts' },
  { line: 'ProtectKernelLogs=yes', needs: 'mounts' },
  { line: 'ProtectClock=yes', needs: 'privileges' },
  { line: 'ProtectHostname=yes', needs: 'hostname' },
  { line: 'LockPersonality=yes', needs: 'seccomp' },
  { line: 'RestrictRealtime=yes', needs: 'seccomp' },
  { line: SETUID_FILES, needs: 'seccomp' },
  { line: 'RestrictNamespaces=yes', needs: 'seccomp' },
  { line: 'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK', needs: 'seccomp' },
  { line: 'SystemCallArchitectures=native', needs: 'seccomp' },
  { line: 'SystemCallFilter=@system-service', needs: 'seccomp' },
  // What is called beside is refused: no reason to kill a daemon.
  { line: 'SystemCallErrorNumber=EPERM', needs: 'seccomp' },
];

const PRIVATE_TMP = 'PrivateTmp=yes';
const SETUID_FILES = 'RestrictSUIDSGID=yes';

export interface Protections {
  readonly lines: readonly string[];
  readonly leftOut: readonly LeftOut[];
}

export function protectionsOf(plan: ServicePlan): Protections {
  const judged = protectionsFor(plan.user === 'root').map(({ line, needs }) => ({
    line,
    reason: plan.bearing[needs] ?? obstacleTo(line, plan),
  }));
  return {
    lines: judged.filter(({ reason }) => reason === null).map(({ line }) => line),
    leftOut: judged.flatMap(({ line, reason }) => (reason === null ? [] : [{ line, reason }])),
  };
}

/** Why this service cannot have it; null: it can. */
function obstacleTo(line: string, { isMount, trees, user }: ServicePlan): string | null {
  if (isMount) return 'fusermount gains privileges, and a mount made in here nobody else would see';
  if (line === PRIVATE_TMP && trees.some((tree) => /^\/(var\/)?tmp(\/|$)/.test(tree)))
    return 'a tree of it lies below /tmp';
  if (line === SETUID_FILES && user === 'root') return 'root may have such files to restore';
  return null;
}
