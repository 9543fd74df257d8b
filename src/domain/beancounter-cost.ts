// What a tree is charged to dcachesize where user beancounters count it. Knows: the two generations' rules.
// May not know: held, barrier or limit. Checked against a recorded 042stab kernel by test/domain/beancounter-cost.test.ts.
//
//   generation          charged                          a watch keeps        unit
//   028stab  (2.6.18)   names in use, their parents      dentry and parents   939 x86_64, 562 i386
//   042stab  <= 090.5   every cached name                dentry and parents   911 to 061.9, 924 later
//   042stab  >= 092.1   every cached name                nothing here         924
//   openvz-7            nothing: memory cgroups decide

import { type Census, entriesOf, leavesOf, type NameHistogram } from './census.ts';
import { type PinningPattern, watchedParts } from './cost-model.ts';
import type { NameCharges } from './entry-cost.ts';
import type { LinearCost } from './linear-cost.ts';
import { LONGEST_NAME_BYTES } from './name-buckets.ts';
import type { Platform } from './platform.ts';
import { addRanges, type Range, within, ZERO_RANGE } from './units.ts';

export interface BeancounterInputs {
  readonly platform: Pick<Platform, 'id' | 'kernelRelease' | 'architecture'>;
  readonly census: Census;
  readonly profile: PinningPattern;
  /** Directories from the container's root down to the tree, `/` included: a watch keeps them too. 0 when not known. */
  readonly ancestorCount: number;
}

/** Charge to dcachesize, in bytes; the same bytes are charged to kmemsize, where an open file adds its file object. */
export interface BeancounterCost {
  readonly unitBytes: number;
  /** Every entry stat()ed once; reclaimed at the limit on 042stab, gone again after the call on 028stab. */
  readonly touched: Range;
  /** What closes only with the daemon. */
  readonly pinned: Range;
  /** One clause: which rule and unit were used, and why. */
  readonly evidence: string;
}

interface Rule {
  readonly unitBytes: number;
  readonly errorPercent: number;
  readonly chargesCached: boolean;
  readonly watchesPin: boolean;
  /** Sockets and pipes are names too, charged to their container. */
  readonly chargesSockets: boolean;
  readonly nameBytes: (length: number) => number;
  readonly evidence: string;
}

/** null where beancounters count no names: openvz-7 and everything that is not OpenVZ (use estimateCosts). */
export function beancounterCost(inputs: BeancounterInputs): BeancounterCost | null {
  const rule = ruleOf(inputs.platform);
  if (rule === null) return null;
  const { census } = inputs;
  const names = longNames(census, rule);
  const everything = entriesOf(census) * rule.unitBytes + names.leaves + names.directories;
  return {
    unitBytes: rule.unitBytes,
    touched: rule.chargesCached ? within(everything, rule.errorPercent) : ZERO_RANGE,
    pinned: addRanges(within(watchedBytes(inputs, rule), rule.errorPercent), openFilesBytes(inputs, rule)),
    evidence: rule.evidence,
  };
}

function watchedBytes({ census, profile, ancestorCount }: BeancounterInputs, rule: Rule): number {
  const parts = rule.watchesPin ? watchedParts(profile) : 'none';
  if (parts === 'none') return 0;
  const names = longNames(census, rule);
  const chain = ancestorCount * rule.unitBytes;
  if (parts === 'root') return chain + rule.unitBytes;
  const directories = chain + census.directories * rule.unitBytes + names.directories;
  return parts === 'directories'
    ? directories
    : directories + leavesOf(census) * rule.unitBytes + names.leaves;
}

/** On 028stab each descriptor is a name whatever it is; later only files are, and of those at most as many as there are. */
function openFilesBytes({ census, profile }: BeancounterInputs, rule: Rule): Range {
  const { value, errorPercent } = profile.cost.openFiles;
  const named = rule.chargesSockets ? value : Math.min(value, leavesOf(census));
  return within(named * rule.unitBytes, errorPercent);
}

const longNames = (census: Census, rule: Rule): { leaves: number; directories: number } => ({
  leaves: sumOf(census.leafNames, rule),
  directories: sumOf(census.directoryNames, rule),
});

const sumOf = (names: NameHistogram, rule: Rule): number =>
  names.reduce((sum, count, length) => (count === 0 ? sum : sum + count * rule.nameBytes(length)), 0);

/** Name charges for a census on that platform, so that its table weighs folders by this rule; null as beancounterCost. */
export function beancounterNameCharges(
  platform: BeancounterInputs['platform'],
  profile: PinningPattern,
): NameCharges | null {
  const rule = ruleOf(platform);
  if (rule === null) return null;
  const directory = Uint16Array.from({ length: LONGEST_NAME_BYTES + 1 }, (_, length) =>
    rule.nameBytes(length),
  );
  const keepsLeaves = watchedParts(profile) === 'entries';
  return { leaf: keepsLeaves ? directory : new Uint16Array(LONGEST_NAME_BYTES + 1), directory };
}

/** Coefficients of what a watching daemon keeps, for contributors and plans; null as beancounterCost. */
export function beancounterLinearCost(
  platform: BeancounterInputs['platform'],
  profile: PinningPattern,
): LinearCost | null {
  const rule = ruleOf(platform);
  if (rule === null) return null;
  const parts = rule.watchesPin ? watchedParts(profile) : 'none';
  const keepsDirectories = parts === 'directories' || parts === 'entries';
  return {
    perLeafBytes: parts === 'entries' ? rule.unitBytes : 0,
    perDirectoryBytes: keepsDirectories ? rule.unitBytes : 0,
    longNameFactor: keepsDirectories ? 1 : 0,
  };
}

/** Slab shares on known builds are exact (ten of ten published readings are whole multiples of 939); configurations differ by 1.6 %. */
const KNOWN_UNIT_ERROR_PERCENT = 2;
const GUESSED_UNIT_ERROR_PERCENT = 15;

function ruleOf(platform: BeancounterInputs['platform']): Rule | null {
  if (platform.id === 'openvz-028') return rule028(platform);
  return platform.id === 'openvz-042' ? rule042(platform) : null;
}

/** Dentry and generic inode slab shares: 256 + 683 on x86_64, 562 together on i386, 241 + 683 without CONFIG_PROFILING. */
const UNIT_028: Partial<Record<Platform['architecture'], number>> = { x86_64: 939, i686: 562 };
const UNIT_028_FALLBACK = 924;

function rule028({ architecture }: BeancounterInputs['platform']): Rule {
  const known = UNIT_028[architecture];
  const unitBytes = known ?? UNIT_028_FALLBACK;
  return {
    unitBytes,
    errorPercent: known === undefined ? GUESSED_UNIT_ERROR_PERCENT : KNOWN_UNIT_ERROR_PERCENT,
    chargesCached: false,
    watchesPin: true,
    chargesSockets: true,
    nameBytes: nameBytes028,
    evidence: `028stab counts names in use: ${unitBytes} bytes each, watched directories among them`,
  };
}

/** DNAME_INLINE_LEN_MIN 36; beyond it kmalloc(length + 1), charged as the slab share of size-64, -128 or -256. */
function nameBytes028(length: number): number {
  if (length < 36) return 0;
  if (length < 64) return 70;
  return length < 128 ? 137 : 274;
}

/** 228 + 683 up to 061.9; 241 + 683 from 088.4 on, where the dentry gained d_lru_time. Between them the dear one. */
const UNIT_042_EARLY = 911;
const UNIT_042_LATER = 924;
const LAST_EARLY_RELEASE = 61;
/** fs/notify/inotify/inotify_user.c took a reference on the dentry in containers up to 090.5; 092.1 no longer does. */
const LAST_PINNING_RELEASE = 90;
/** kernel/bc/dcache.c charges the length of names longer than 32 bytes. */
const INLINE_NAME_042 = 32;

function rule042({ kernelRelease, architecture }: BeancounterInputs['platform']): Rule {
  const release = Number(/042stab(\d{3})/.exec(kernelRelease)?.[1] ?? Number.NaN);
  // An unknown release is taken for one that pins: refusing a start is mended by a flag, a locked container by nobody.
  const watchesPin = !(release > LAST_PINNING_RELEASE);
  const is64Bit = architecture !== 'i686';
  const unit64 = release <= LAST_EARLY_RELEASE ? UNIT_042_EARLY : UNIT_042_LATER;
  const unitBytes = is64Bit ? unit64 : (UNIT_028.i686 ?? unit64);
  const keeps = watchesPin ? 'a watch keeps its directory' : 'a watch keeps nothing here';
  return {
    unitBytes,
    errorPercent: is64Bit ? KNOWN_UNIT_ERROR_PERCENT : GUESSED_UNIT_ERROR_PERCENT,
    chargesCached: true,
    watchesPin,
    chargesSockets: false,
    nameBytes: (length) => (length > INLINE_NAME_042 ? length : 0),
    evidence: `042stab charges every cached name ${unitBytes} bytes, ${keeps}`,
  };
}
