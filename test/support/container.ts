// A memory-capped v1 cgroup that stands for a container: `run` is started in it, and makes its daemon's home below.
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isWritable } from './need.ts';

const MEMORY = '/sys/fs/cgroup/memory';

export interface Container {
  readonly directory: string;
  /** Words to put before a command so that it runs inside. */
  readonly enter: readonly string[];
  /** Names of the cgroups below. */
  children(): string[];
  read(file: string): string;
  remove(): void;
}

/** null where this machine has no writable v1 memory hierarchy, or is not ours to change. */
export function makeContainer(name: string, limitBytes: number): Container | null {
  const own = /^\d+:memory:(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  if (own === undefined || !isWritable(join(MEMORY, own))) return null;
  const directory = join(MEMORY, own, `${name}-${process.pid}`);
  mkdirSync(directory);
  writeFileSync(join(directory, 'memory.limit_in_bytes'), String(limitBytes));
  return {
    directory,
    enter: ['sh', '-c', `echo $$ >'${directory}/cgroup.procs'; exec "$@"`, 'enter'],
    children: () =>
      readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name),
    read: (file) => readFileSync(join(directory, file), 'utf8'),
    remove: () => rmdirSync(directory),
  };
}
