// What was learned as a table of the configuration, `[daemon.NAME]`, each figure with its range behind it.

import type { LearnedProfile } from '../../domain/learned-profile.ts';
import type { LearnedPoint } from '../../domain/measured-daemon.ts';
import { type Range, ratio } from '../../domain/units.ts';
import { renderBytes, renderCount } from '../../formats/quantity-text.ts';
import type { Learned } from '../../learning/index.ts';
import { daemonLeaves, renderValue, valueAt } from '../../settings/settings-leaves.ts';
import type { DaemonTable } from '../../settings/settings-table.ts';

export interface NamedLearned extends Learned {
  /** The table's name. */
  readonly name: string;
  /** Base name of the program, for a profile that no program is known by. */
  readonly program: string;
  /** The day, as 2026-11-25. */
  readonly date: string;
}

/** `5,000 files in 261 folders`. */
export const renderSize = ({ files, directories }: Pick<LearnedPoint, 'files' | 'directories'>): string =>
  `${renderCount(files)} ${files === 1 ? 'file' : 'files'} in ${renderCount(directories)} ${directories === 1 ? 'folder' : 'folders'}`;

/** When, on which kernel and on which sizes: the evidence of every figure. */
export function evidenceOf({ date, kernelRelease, architecture, points }: NamedLearned): string {
  const filesystems = [...new Set(points.map(({ filesystem }) => filesystem))].filter(Boolean).join(', ');
  return `${date} on Linux ${kernelRelease} ${architecture}${filesystems === '' ? '' : `, ${filesystems}`}: ${points.map(renderSize).join(' and ')}`;
}

export function tableOf(named: NamedLearned): DaemonTable {
  const { name, program, profile, learned } = named;
  const isNew = name !== profile.id;
  return {
    ...(isNew ? { like: profile.id, names: [program] } : {}),
    ...(learned.kind === null ? {} : { kind: learned.kind }),
    learned: evidenceOf(named),
    error: ratio(learned.errorPercent / 100),
    ...watchPart(learned.watch),
    ...(learned.scanAtStart === null ? {} : { scan_at_start: learned.scanAtStart }),
    ...(learned.readsBodies === null ? {} : { reads_bodies: learned.readsBodies }),
    ...memoryPart(learned),
    tasks: learned.tasks.expected,
    ...(learned.openFiles === null ? {} : { open_files: learned.openFiles.expected }),
  };
}

const watchPart = (watch: LearnedProfile['watch']): DaemonTable =>
  watch === null ? {} : { watch_api: watch.api, watch_per: watch.per, watch_instances: watch.instances };

/** A folder's share cannot be told from that of the files in it: it is in theirs. */
function memoryPart({ rssBaseBytes, rssPerFileBytes }: LearnedProfile): DaemonTable {
  return {
    ...(rssBaseBytes === null ? {} : { rss_base: rssBaseBytes.expected }),
    ...(rssPerFileBytes === null ? {} : { rss_per_file: rssPerFileBytes.expected, rss_per_directory: 0 }),
  };
}

export function renderTable(named: NamedLearned): string {
  const table = { daemon: { [named.name]: tableOf(named) } };
  const lines = daemonLeaves(named.name).flatMap(({ path, key }) => {
    const value = valueAt(table, path);
    if (value === undefined) return [];
    const word = path.at(-1) ?? '';
    const note = noteOf(word, named.learned);
    return [`${word} = ${renderValue(key.kind.write(value))}${note === null ? '' : `  # ${note}`}`];
  });
  return `[daemon.${named.name}]\n${lines.join('\n')}\n`;
}

function noteOf(word: string, learned: LearnedProfile): string | null {
  if (word === 'rss_base') return rangeOf(learned.rssBaseBytes, renderBytes);
  if (word === 'rss_per_file') return rangeOf(learned.rssPerFileBytes, renderBytes);
  if (word === 'rss_per_directory') return 'in rss_per_file';
  if (word === 'tasks') return rangeOf(learned.tasks, renderCount);
  return word === 'open_files' ? rangeOf(learned.openFiles, renderCount) : null;
}

const rangeOf = (range: Range | null, render: (value: number) => string): string | null =>
  range === null || range.low === range.high ? null : `${render(range.low)} to ${render(range.high)}`;
