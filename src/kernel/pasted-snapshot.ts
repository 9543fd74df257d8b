// A snapshot from a beancounter table alone: somebody else's container, saved to a file or pasted from a page.

import type { Platform, PlatformId } from '../domain/platform.ts';
import { failure, type Malformed, type Result, success } from '../domain/result.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { BeancounterBlock, BeancounterTable } from '../formats/beancounter-table.ts';
import { parsePastedBeancounters } from '../formats/pasted-beancounters.ts';
import { parseUserBeancounters } from '../formats/user-beancounters.ts';
import { generationOfBlock } from './beancounter-generation.ts';
import { ownBlock, resourcesOfBlock } from './beancounters.ts';

/** The last row every generation prints: a kernel's own table that ends before it was cut. */
const LAST_ROW = 'numiptent';

/** Strictly as the kernel prints it, else as people paste it. */
function parseSavedBeancounters(text: string): Result<BeancounterTable, Malformed> {
  const strict = parseUserBeancounters(text);
  return strict.ok ? strict : parsePastedBeancounters(text);
}

/**
 * `platform` undefined: judged by how held and numfile stand to each other. A table that is cut is refused: the row that
 * decides may be the one that is missing.
 */
export function snapshotOfBeancounters(text: string, platform?: PlatformId): Result<Snapshot, Malformed> {
  const parsed = parseSavedBeancounters(text);
  if (!parsed.ok) return parsed;
  const block = ownBlock(parsed.value) ?? parsed.value.blocks[0];
  const cut = block === undefined ? 'no container in it' : cutAfter(block, text);
  if (block === undefined || cut !== null)
    return failure({ reason: cut ?? '', line: text.split('\n').length });
  return success({
    platform: platformOf(block, parsed.value, platform),
    resources: resourcesOfBlock(block),
    gaps: [],
  });
}

export interface SavedContainer {
  readonly uid: string;
  readonly snapshot: Snapshot;
  /** What was mended or left out, line by line. */
  readonly notes: readonly string[];
}

/** Every container of a saved table, whole or not: to be looked at, not judged by. */
export function tableOfSaved(
  text: string,
  platform?: PlatformId,
): Result<readonly SavedContainer[], Malformed> {
  const parsed = parseSavedBeancounters(text);
  if (!parsed.ok) return parsed;
  const notes = parsed.value.notes.map(({ line, reason }) => `line ${line}: ${reason}`);
  const containers = parsed.value.blocks.map((block) => ({
    uid: block.uid.replace(/:$/, ''),
    snapshot: {
      platform: platformOf(block, parsed.value, platform),
      resources: resourcesOfBlock(block),
      gaps: [],
    },
    notes,
  }));
  return success(containers);
}

function cutAfter({ rows }: BeancounterBlock, text: string): string | null {
  const last = rows.at(-1)?.name ?? 'nothing';
  if (last !== LAST_ROW) return `it ends after ${last}, and a whole table ends with ${LAST_ROW}`;
  const isMissing = !rows.some(({ name }) => name === 'dcachesize');
  if (isMissing) return 'it has no dcachesize row';
  return /\d\s*$/.test(text) ? null : 'it ends within a row';
}

function platformOf(block: BeancounterBlock, { wordBits }: BeancounterTable, forced?: PlatformId): Platform {
  const guess = generationOfBlock(block);
  return {
    id: forced ?? guess.id,
    evidence: forced === undefined ? `the table: ${guess.because}` : 'forced by --platform',
    kernelRelease: 'unknown',
    architecture: wordBits === 32 ? 'i686' : 'x86_64',
    pageBytes: 4096,
    container: 'openvz',
  };
}
