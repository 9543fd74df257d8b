// `syncguard profiles` for people: one line a daemon.

import { evidenceOf, type Profile } from '../../domain/profile.ts';
import { renderBytes } from '../../formats/quantity-text.ts';
import type { KernelPrices, KnownProfile } from './profiles-known.ts';
import { type Cell, type Paint, renderColumns } from './terminal.ts';

const TITLES: readonly Cell[] = [
  { text: 'profile', tone: 'faint' },
  { text: 'daemon', tone: 'faint' },
  { text: 'kind', tone: 'faint' },
  { text: 'watches', tone: 'faint' },
  { text: 'a file', tone: 'faint', align: 'right' },
  { text: 'a folder', tone: 'faint', align: 'right' },
  { text: 'evidence', tone: 'faint' },
  { text: 'here', tone: 'faint' },
];

const WATCHES: Readonly<Record<Profile['watch']['per'], string>> = {
  directory: 'folders',
  entry: 'entries',
  root: 'roots',
  none: '-',
};

export function renderProfiles(known: readonly KnownProfile[], prices: KernelPrices, paint: Paint): string {
  const { kernelRelease, platform, filesystem } = prices;
  const head = `${paint('strong', 'Profiles')}  costs on ${platform}, kernel ${kernelRelease}, ${filesystem}\n`;
  const foot =
    'a file: what the daemon keeps of it, and the kernel once it was looked at; a folder: with its watch\nsyncguard profiles NAME explains one\n';
  return `${head}${renderColumns([TITLES, ...known.map(rowOf)], paint, '  ')}${paint('faint', foot)}`;
}

function rowOf({ profile, programs, touchedPerFileBytes, pinnedPerDirectoryBytes }: KnownProfile): Cell[] {
  const { id, title, kind, watch, cost } = profile;
  const amount = (own: number, kernel: number): Cell => ({
    text: own + kernel === 0 ? '-' : renderBytes(Math.round(own + kernel)),
    align: 'right',
  });
  const evidence = evidenceOf(profile);
  const isHere = programs.length > 0;
  return [
    { text: id },
    { text: title },
    { text: kind },
    { text: WATCHES[watch.per] },
    amount(cost.rssPerFileBytes.value, touchedPerFileBytes),
    amount(cost.rssPerDirectoryBytes.value, pinnedPerDirectoryBytes),
    { text: evidence, tone: evidence === 'inferred' ? 'warn' : 'plain' },
    { text: isHere ? 'yes' : '-', tone: isHere ? 'good' : 'faint' },
  ];
}
