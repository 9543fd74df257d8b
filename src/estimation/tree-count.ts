// One tree, counted: where it lies, what it leaves out, how far the walk may go, and what that count may stand for.

import { dirname } from 'node:path';
import { takeCensus } from '../census/index.ts';
import type { Census } from '../domain/census.ts';
import { SyncguardError } from '../domain/error.ts';
import { expectedCensus } from '../domain/expected-census.ts';
import type { Filesystem } from '../domain/filesystem.ts';
import { failure, type Result, success } from '../domain/result.ts';
import type { Coverage } from '../domain/verdict.ts';
import { quoteForShell } from '../formats/name-text.ts';
import { readDevice } from '../kernel/device.ts';
import { readFilesystem } from '../kernel/filesystem.ts';
import { type Believed, WHOLE } from './believed.ts';
import type { CountScene, TreeSite } from './count-scene.ts';
import { isLowOverWall } from './early-stop.ts';
import type { CountedTree } from './request.ts';
import { chargesOf, costsOf, type PriceScene, weightOf } from './tree-costs.ts';
import { directoryBudget, walkBudgetBytes } from './walk-budget.ts';

type Counted = Result<CountedTree, SyncguardError>;

export async function countTree(site: TreeSite, scene: CountScene): Promise<Counted> {
  const found = readFilesystem(site.path, scene.request.sysroot);
  if (found.ok) {
    const price = priceOf(site, found.value, scene);
    const census = await censusOf(site, price, scene);
    return census.ok ? success(counted(site, price, census.value)) : census;
  }
  const errno = found.error.detail;
  if (site.isDaemons && IS_MISSING.has(errno)) return success(absentTree(site, scene));
  return failure(rootTrouble(site.path, errno));
}

const priceOf = (site: TreeSite, filesystem: Filesystem, scene: CountScene): PriceScene => ({
  platform: scene.snapshot.platform,
  filesystem,
  constants: scene.constants,
  profile: site.profile,
  ancestorCount: site.path.split('/').filter((part) => part !== '').length,
});

const EMPTY_FOLDER = { files: 0, directories: 1 };

/** A folder that its daemon has yet to make, or whose disk is not there: where it would lie, empty. */
function absentTree(site: TreeSite, scene: CountScene): CountedTree {
  const caveat = [site.caveat, 'it is not there, and is counted as an empty folder'];
  const empty = { ...site, caveat: caveat.filter((each) => each !== null).join('; ') };
  const price = priceOf(site, filesystemAbove(site.path, scene.request.sysroot), scene);
  return counted(empty, price, expectedCensus(EMPTY_FOLDER));
}

function filesystemAbove(path: string, sysroot: string): Filesystem {
  const above = dirname(path);
  const found = readFilesystem(above, sysroot);
  if (found.ok) return found.value;
  if (above === path) return { kind: 'other', type: 'unknown', lower: null, mountPoint: '/' };
  return filesystemAbove(above, sysroot);
}

function counted(site: TreeSite, price: PriceScene, census: Census): CountedTree {
  return {
    path: site.path,
    label: site.label,
    filesystem: price.filesystem,
    census,
    costs: costsOf(census, price),
    coverage: coverageOf(census),
    believed: believedOf(census),
    price,
    device: readDevice(site.path),
    rules: site.rules,
    caveat: caveatOf(site, census),
  };
}

/** What the rules' reader said, what it met on the way, and whether an attribute that leaves folders out could not be asked for. */
function caveatOf({ caveat, exclusions }: TreeSite, { isAttributeUnread }: Census): string | null {
  const unread = `folders left out by the attribute ${exclusions?.attribute} are counted: reading it takes koffi, which is not usable here`;
  const met = [caveat, exclusions?.rulesWithin?.trouble() ?? null, isAttributeUnread ? unread : null];
  const told = met.filter((each) => each !== null);
  return told.length > 0 ? told.join('; ') : null;
}

async function censusOf(
  site: TreeSite,
  price: PriceScene,
  scene: CountScene,
): Promise<Result<Census, SyncguardError>> {
  const { request } = scene;
  if (request.expected !== null) return success(expectedCensus(request.expected));
  const mostDirectories = request.isFull
    ? Number.POSITIVE_INFINITY
    : directoryBudget(budgetOf(scene), weightOf(price, 'touched').perDirectory);
  const taken = await takeCensus({
    root: site.path,
    nameCharges: chargesOf(price),
    exclusions: site.exclusions,
    mountPoints: scene.mountPoints,
    budget: ({ directories }) => (directories > mostDirectories ? 'stop' : 'continue'),
    stopWhen: (progress) =>
      request.purpose === 'gate' && isLowOverWall(progress, price, scene) ? 'over-wall' : null,
    onProgress: ({ entries }) => request.onProgress?.(entries),
  });
  return taken.ok ? taken : failure(rootTrouble(site.path, taken.error.errno));
}

/** Only our own cgroup pays for our walk: somebody else's walls do not bound it, nor a recorded machine's. */
function budgetOf({ request, snapshot }: CountScene): number | null {
  const isOurs = request.subject.kind === 'self' && request.sysroot === '' && request.beancounters === null;
  return isOurs ? walkBudgetBytes(snapshot) : null;
}

function coverageOf({ stop }: Census): Coverage {
  if (stop === null) return 'whole';
  return stop === 'over-wall' ? 'over-wall' : 'sample';
}

/** A frontier of directories seen but not visited errs by tens of percent, with heavy tails on uneven trees. */
const SAMPLE_HIGH_TIMES = 2;

function believedOf({ stop, table, visitedDirectories }: Census): Believed {
  if (stop === null || stop === 'over-wall') return WHOLE;
  const expectedTimes = table.count / Math.max(1, visitedDirectories);
  return { expectedTimes, highTimes: expectedTimes * SAMPLE_HIGH_TIMES };
}

const IS_MISSING = new Set(['ENOENT', 'absent']);

/** The one sentence for a root that cannot be counted. */
export function rootTrouble(path: string, errno: string): SyncguardError {
  const word = quoteForShell(path);
  if (IS_MISSING.has(errno)) {
    return new SyncguardError(
      'tree-missing',
      `There is no ${path}.`,
      'ls -ld the folder above it, then name an existing folder',
    );
  }
  if (errno === 'ENOTDIR') {
    return new SyncguardError(
      'not-a-directory',
      `${path} is not a folder.`,
      'name the folder that the daemon syncs',
    );
  }
  if (errno === 'EACCES' || errno === 'EPERM') {
    return new SyncguardError(
      'denied',
      `${path} may not be read (${errno}).`,
      `run as its owner, as in: sudo -u "$(stat -c %U ${word})" syncguard estimate ${word}`,
    );
  }
  return new SyncguardError(
    'io',
    `${path} could not be read (${errno}).`,
    `check the disk and the mount: findmnt -T ${word}`,
  );
}
