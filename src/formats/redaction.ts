// A recorded machine without its people: names become others, the same one everywhere, and what the kernel itself says stays.
// Knows: which words are the kernel's and the distributions'. Whatever else is a name of somebody's, known or not, goes.
// May not know: what is done with it.

import { unescapeOctal } from './mountinfo.ts';

export interface Redaction {
  /** A path, or one component; each unknown name by another. */
  path(path: string): string;
  /** A file's text, by where it lies; '': nothing of it is needed, or may be told. */
  file(path: string, text: string): string;
  /** A link's target. */
  link(target: string): string;
}

/** Names of directories, filesystems and controllers that every machine has. */
const COMMON = new Set(
  `. proc sys fs dev etc usr var lib run tmp home root boot mnt media srv opt bin sbin data self cgroup cgroup2 unified systemd memory
  cpu cpuset cpuacct cpu,cpuacct pids freezer blkio devices hugetlb io net_cls net_prio net_cls,net_prio perf_event misc rdma
  docker lxc lxc.payload kubepods kubepods.slice libpod machine.slice system.slice user.slice init.scope app.slice
  overlay overlay2 overlayfs diff work merged upper lower containers none proc sysfs tmpfs devtmpfs devpts mqueue debugfs tracefs
  securityfs configfs fusectl pstore bpf binfmt_misc hugetlbfs ramfs rootfs autofs ext2 ext3 ext4 xfs btrfs zfs vfat nfs nfs4 cifs
  fuse fuseblk sshfs rclone bindfs mergerfs encfs gocryptfs s3fs gvfsd-fuse squashfs simfs ploop lxcfs udev shm pts hostname hosts resolv.conf kernel debug tracing security .dockerenv
  .containerenv container vz vzcompat user_beancounters bc`.split(/\s+/),
);
/** Files of a cgroup: a controller, and words that only kernels put behind it. */
const KERNEL_NAME =
  /^(?:(?:memory|pids|cgroup|cpu|cpuset|io|freezer)(?:[._](?:current|max|high|low|min|peak|stat|events|local|swap|pressure|reclaim|oom|group|limit|in|bytes|usage|failcnt|kmem|memsw|tcp|slabinfo|use|hierarchy|control|type|procs|threads|controllers|subtree|freeze|kill|populated|state|parent|freezing|self|shares|weight|cfs|quota|period|us))+|tasks|notify_on_release)$/;
/** What systemd makes of numbers; eight digits and more are an account's, or somebody's telephone. */
const NUMBERED =
  /^(?:\d{1,7}|(?:user|session)-\d+|user@\d+|[sv]d[a-z]\d*|loop\d+|dm-\d+|nvme\d+n\d+(?:p\d+)?)$/;
const UNIT_SUFFIX = /\.(?:service|slice|scope|mount|socket)$/;
const CONTAINER_PREFIX =
  /^(?:docker-|libpod-|crio-|cri-containerd-|lxc\.payload\.|kubepods-(?:burstable-|besteffort-)?)/;

/** `programs`: names by which daemons are recognised, which are not their owners'. */
export function redaction(programs: ReadonlySet<string> = new Set()): Redaction {
  const others = new Map<string, string>();
  const otherFor = (name: string): string => {
    const known = others.get(name);
    if (known !== undefined) return known;
    const other = sameShape(name, others.size + 1);
    others.set(name, other);
    return other;
  };
  const component = (name: string): string => {
    if (name === '' || name === '..' || isCommon(name)) return name;
    const suffix = UNIT_SUFFIX.exec(name)?.[0] ?? '';
    const prefix = CONTAINER_PREFIX.exec(name)?.[0] ?? '';
    const rest = name.slice(prefix.length, name.length - suffix.length);
    return prefix + (isCommon(rest) ? rest : otherFor(rest)) + suffix;
  };
  const path = (text: string): string => text.split('/').map(component).join('/');
  // But for cgroups, everything there is named by the kernel.
  const place = (text: string): string =>
    /^\/(?:proc|sys(?!\/fs\/cgroup))\//.test(text) ? text : path(text);
  return {
    path: place,
    file: (of, text) => redactFile(of, text, { place, path, programs }),
    link: (target) => {
      if (target.startsWith('anon_inode:') || target === 'inotify') return target;
      const program = programNamed(target.replace(/ \(deleted\)$/, ''), programs);
      return `/${program ?? ''}`;
    },
  };
}

const isCommon = (name: string): boolean => COMMON.has(name) || KERNEL_NAME.test(name) || NUMBERED.test(name);

/** Hex stays hex of the same length, so that what tells a container's id by its shape still does. */
function sameShape(name: string, count: number): string {
  if (!/^[0-9a-f-]{12,}$/.test(name)) return `n${count}`;
  const digits = count.toString(16).padStart(name.replaceAll('-', '').length, '0');
  let at = 0;
  return name.replaceAll(/[^-]/g, () => digits.charAt(at++));
}

type Renamed = (path: string) => string;

/** `place`: where something lies on the machine; `path`: within a hierarchy that people name. */
interface Renaming {
  readonly place: Renamed;
  readonly path: Renamed;
  readonly programs: ReadonlySet<string>;
}

type Redact = (text: string, renaming: Renaming) => string;

const eachLine = (text: string, redact: (line: string) => string): string =>
  text.split('\n').map(redact).join('\n');

/** Files in which there are names, by their own; '' where nothing but names is in them. */
const REDACT: ReadonlyMap<string, Redact> = new Map<string, Redact>([
  ['mountinfo', (text, { place }) => eachLine(text, (line) => redactMount(line, place))],
  ['cgroup', (text, { path }) => eachLine(text, (line) => redactCgroup(line, path))],
  ['status', (text) => text.replaceAll(/^Name:.*$/gm, 'Name:\tprogram')],
  ['environ', (text) => /(?:^|\0)(container=[a-z-]+)(?:\0|$)/.exec(text)?.[1] ?? ''],
  ['version', (text) => /^Linux version \S+/.exec(text)?.[0] ?? ''],
  // A cache of one cgroup's own, until Linux 5.9: `dentry(7:name)`.
  ['slabinfo', (text) => text.replaceAll(/^([^\s(]+\(\d+:)[^)]*\)/gm, '$1n)')],
  ['container', (text) => (/^[a-z-]+\n?$/.test(text) ? text : '')],
  ['cmdline', (text, { programs }) => redactCommand(text, programs)],
  ['comm', () => ''],
  ['hostname', () => ''],
]);

function redactFile(of: string, text: string, renaming: Renaming): string {
  const name = lastOf(of);
  if (of.includes('/fdinfo/')) return text.replaceAll(/^(inotify wd:[0-9a-f]+).*$/gm, '$1');
  const redact = REDACT.get(name);
  if (redact !== undefined) return redact(text, renaming);
  // What lies elsewhere was written by people.
  return /^\/(?:proc|sys)\//.test(of) || isCgroupFile(name) ? text : '';
}

/** Below a mount point that may be anywhere. */
const isCgroupFile = (name: string): boolean => KERNEL_NAME.test(name);

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** null: nobody knows it. */
function programNamed(path: string, programs: ReadonlySet<string>): string | null {
  return programs.has(lastOf(path)) ? lastOf(path) : null;
}

/** A daemon's name alone, behind that of the Python it may be written in; '' of everybody else. */
function redactCommand(text: string, programs: ReadonlySet<string>): string {
  const [program = '', ...words] = text.split('\0');
  const own = programNamed(program, programs);
  if (own !== null) return `${own}\0`;
  const interpreter = lastOf(program);
  const script = /^python[\d.]*$/.test(interpreter)
    ? programNamed(words.find((word) => !word.startsWith('-')) ?? '', programs)
    : null;
  return script === null ? '' : `${interpreter}\0${script}\0`;
}

/** `4:memory:/path`; `1:name=systemd:/path`. */
function redactCgroup(line: string, renamed: Renamed): string {
  const [id = '', controllers = '', ...path] = line.split(':');
  return line === '' ? '' : `${id}:${controllers}:${renamed(path.join(':'))}`;
}

/** proc(5): id parent device root mountpoint options tags - type source options. */
function redactMount(line: string, renamed: Renamed): string {
  const [mount = '', filesystem] = line.split(' - ');
  if (filesystem === undefined) return '';
  const [id, parent, device, root = '', point = '', options, ...tags] = mount.split(' ');
  const [type = '', source = '', superOptions = ''] = filesystem.split(' ');
  const there = (path: string): string => renamed(unescapeOctal(path));
  const shown = superOptions.split(UNESCAPED_COMMA).map((option) => redactOption(option, there));
  const plainTags = tags.filter((tag) => /^[a-z_]+(?::\d+)?$/.test(tag));
  return `${[id, parent, device, there(root), there(point), options, ...plainTags].join(' ')} - ${type.split('.').map(renamed).join('.')} ${there(source)} ${shown.join(',')}`;
}

/** overlayfs writes a comma of a path as `\\,`, the backslash by its octal number. */
const UNESCAPED_COMMA = /(?<!\\134),/;

/** A word of the kernel's, a number, or paths one behind the other; any other value is somebody's. */
function redactOption(option: string, renamed: Renamed): string {
  const cut = option.indexOf('=');
  if (cut < 0) return /^[a-z0-9_-]+$/.test(option) ? option : renamed(option);
  const [key, value] = [option.slice(0, cut), option.slice(cut + 1)];
  if (/^\d+[kKmMgG%]?$/.test(value)) return option;
  return `${key}=${value.split(':').map(renamed).join(':')}`;
}
