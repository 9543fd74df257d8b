// Which generation printed a beancounter table, when the kernel's release does not say (containers may fake it).

import type { PlatformId } from '../domain/platform.ts';
import type { BeancounterBlock, BeancounterRow } from '../formats/beancounter-table.ts';

/**
 * dcachesize bytes per open file. In-use accounting (028stab) holds 253 to 633 in published tables, accounting at
 * allocation (042stab) 1,615 to 160,262: most cached dentries belong to no open file.
 */
const IN_USE_BYTES_PER_FILE = 1000;

const SOCKET_ROWS: readonly string[] = [
  'numtcpsock',
  'tcpsndbuf',
  'tcprcvbuf',
  'othersockbuf',
  'dgramrcvbuf',
  'numothersock',
];

/** The release's own word; null where it says none of the three. */
export function generationOfRelease(release: string): PlatformId | null {
  if (release.includes('028stab')) return 'openvz-028';
  if (release.includes('042stab')) return 'openvz-042';
  return release.includes('vz7') || /\.vz[89]\./.test(release) ? 'openvz-7' : null;
}

/** By the numbers; `because` is one clause for people. */
export function generationOfBlock(block: BeancounterBlock): { id: PlatformId; because: string } {
  const rows = new Map<string, BeancounterRow>(block.rows.map((row) => [row.name, row]));
  const dcache = rows.get('dcachesize');
  const files = Number(rows.get('numfile')?.held ?? 0);
  if (areSocketsUncounted(rows)) return { id: 'openvz-7', because: 'no socket was ever counted' };
  if (dcache === undefined) return { id: 'openvz-7', because: 'no dcachesize row' };
  const isAtLimit = dcache.limit !== null && dcache.maxheld === dcache.limit && dcache.failcnt === 0;
  if (isAtLimit) return { id: 'openvz-042', because: 'dcachesize reached its limit without a refusal' };
  const perFile = Number(dcache.held) / Math.max(1, files);
  const because = `dcachesize holds ${Math.round(perFile)} bytes per open file`;
  return { id: perFile > IN_USE_BYTES_PER_FILE ? 'openvz-042' : 'openvz-028', because };
}

/** vz7 leaves sockets to memory cgroups: all six rows stay 0 while processes run. */
function areSocketsUncounted(rows: ReadonlyMap<string, BeancounterRow>): boolean {
  const sockets = SOCKET_ROWS.flatMap((name) => rows.get(name) ?? []);
  const isAnyCounted = sockets.some((row) => Number(row.held) > 0 || Number(row.maxheld) > 0);
  return sockets.length > 0 && !isAnyCounted && Number(rows.get('numproc')?.held ?? 0) > 3;
}
