// The command that lets a guard make a cgroup for its daemon here; pure.

import type { BrakeObstacle } from '../../actuators/brake.ts';

export interface DelegationPlace {
  /** null: none of them, and running as root or another version of cgroups is what is left. */
  readonly obstacle: BrakeObstacle | null;
  /** As `readContainerName` tells it. */
  readonly container: string | null;
}

/** How a container is started so that its /sys/fs/cgroup can be written (docker-run(1), podman-run(1), lxc.container.conf(5)). */
const CONTAINER_MENDS: Readonly<Record<string, string>> = {
  docker: 'docker run --cgroupns=host -v /sys/fs/cgroup:/sys/fs/cgroup:rw ...',
  podman: 'podman run --security-opt unmask=/sys/fs/cgroup ...',
  lxc: 'lxc.mount.auto = cgroup:rw in its configuration',
};

const ANYWHERE = 'run as root, or in a systemd unit with Delegate=yes';

export function mendDelegation({ obstacle, container }: DelegationPlace): string {
  if (obstacle === null) return ANYWHERE;
  const unit = unitOf(obstacle.directory);
  if (unit !== null) return mendUnit(unit, obstacle);
  if (obstacle.kind !== 'read-only') return 'systemd-run --user --scope -p Delegate=yes syncguard run ...';
  return CONTAINER_MENDS[container ?? ''] ?? 'sudo mount -o remount,rw /sys/fs/cgroup';
}

interface Unit {
  readonly name: string;
  readonly isUsers: boolean;
}

/** The service that a cgroup is of, or lies below; null: of none, or of the manager of users alone. */
function unitOf(directory: string): Unit | null {
  const [manager, name] = directory.split('/').filter((part) => part.endsWith('.service'));
  if (manager === undefined) return null;
  if (!/^user@\d+\.service$/.test(manager)) return { name: manager, isUsers: false };
  return name === undefined ? null : { name, isUsers: true };
}

function mendUnit({ name, isUsers }: Unit, { kind }: BrakeObstacle): string {
  const control = isUsers ? 'systemctl --user' : 'sudo systemctl';
  const lines = kind === 'read-only' ? 'ProtectControlGroups=no and Delegate=yes' : 'Delegate=yes';
  return `${control} edit ${name}: below [Service], ${lines}; then ${control} restart ${name}`;
}
