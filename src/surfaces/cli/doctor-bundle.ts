// `syncguard doctor --bundle FILE`: what was read of this machine, without names, so that somebody else can see the same.
// Knows: that a machine is read through another root exactly as --sysroot will read the bundle.

import { dirname } from 'node:path';
import { type Redaction, redaction } from '../../formats/redaction.ts';
import { readHostSnapshots } from '../../kernel/host-snapshots.ts';
import { readKernelConstants } from '../../kernel/kernel-constants-source.ts';
import { isLive, type Witness, witnessed } from '../../kernel/kernel-file.ts';
import { readRunningDaemon } from '../../kernel/running-daemon.ts';
import { readSnapshot } from '../../kernel/snapshot-source.ts';
import { PROFILES } from '../../profiles/index.ts';
import { type BundleEntry, writeBundle } from './bundle-file.ts';
import { type CommonOptions, parsePlatform } from './common-options.ts';
import type { Terminal } from './terminal.ts';
import { VERSION } from './version.ts';

/** The running machine under another name: no system call completes then what its files do not tell. */
const THIS_MACHINE = '/proc/self/root';

/** What a known daemon holds that runs there is not projected once more. */
const PROGRAMS = PROFILES.flatMap(({ match }) => match.names);

/** Its sources, redacted, as one file that is not there yet. */
export async function bundleMachine(file: string, options: CommonOptions, terminal: Terminal): Promise<void> {
  const sysroot = options.sysroot === undefined || isLive(options.sysroot) ? THIS_MACHINE : options.sysroot;
  const platform = parsePlatform(options.platform) ?? undefined;
  const seen = collector(redaction(new Set(PROGRAMS)));
  witnessed(seen.witness, () => {
    const snapshot = readSnapshot({ sysroot, subject: { kind: 'self' }, treePaths: [], platform });
    readKernelConstants({ sysroot, platform: snapshot.platform, cacheDir: null });
    readHostSnapshots(sysroot, platform);
    readRunningDaemon(sysroot, PROGRAMS);
  });
  await writeBundle(file, [{ kind: 'file', path: 'ORIGIN.md', text: ORIGIN }, ...seen.entries()]);
  if (options.quiet !== true)
    terminal.complain(
      `syncguard: ${file} is written; names in it are others. Unpacked, it is read by --sysroot.\n`,
    );
}

const ORIGIN = `# A machine as syncguard ${VERSION} read it\n\nWritten by \`syncguard doctor --bundle\`. Names, paths and ids are not those of the machine.\n`;

interface Collector {
  readonly witness: Witness;
  entries(): BundleEntry[];
}

function collector({ path: renamed, file: redacted, link }: Redaction): Collector {
  const found = new Map<string, BundleEntry>();
  const put = (path: string, entry: Unplaced): void => {
    const place = renamed(path.replace(/\/\.?$/, '')).slice(1);
    const before = found.get(place);
    // What was read of it says more than that it is there.
    if (place !== '' && (before === undefined || weightOf(entry) > weightOf(before)))
      found.set(place, { ...entry, path: place });
  };
  const there = (path: string, isDirectory: boolean): void =>
    put(path, isDirectory ? { kind: 'directory' } : { kind: 'file', text: '' });
  return {
    witness: {
      file: (path, text) => put(path, { kind: 'file', text: redacted(path, text) }),
      link: (path, target) => put(path, { kind: 'link', target: link(target) }),
      there,
      listed(path, names) {
        there(path, true);
        // Descriptors are counted by their names; of other directories only what is then read matters.
        if (path.endsWith('/fd')) for (const name of names) there(`${path}/${name}`, false);
      },
      denied: (path) => put(path, { kind: 'denied' }),
    },
    entries: () => withRoom([...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))),
  };
}

/** A directory that may not be listed is one all the same, where something in it was read. */
function withRoom(sorted: readonly BundleEntry[]): BundleEntry[] {
  const parents = new Set(sorted.map(({ path }) => dirname(path)));
  return sorted.map((entry) =>
    entry.kind === 'denied' && parents.has(entry.path) ? { kind: 'directory', path: entry.path } : entry,
  );
}

type Unplaced = BundleEntry extends infer Entry
  ? Entry extends BundleEntry
    ? Omit<Entry, 'path'>
    : never
  : never;

const weightOf = (entry: Unplaced): number => {
  if (entry.kind === 'file') return entry.text === '' ? 0 : 2;
  return entry.kind === 'directory' ? 1 : 2;
};
