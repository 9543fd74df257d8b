// `syncguard profiles [NAME]`: the daemons that are known, or one of them with the evidence of every number.

import { SyncguardError } from '../../domain/error.ts';
import type { Filesystem } from '../../domain/filesystem.ts';
import { inOtherGeneration, type Profile } from '../../domain/profile.ts';
import { type PriceScene, weightOf } from '../../estimation/tree-costs.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { detectPlatform } from '../../kernel/detect.ts';
import { readFilesystem } from '../../kernel/filesystem.ts';
import { readKernelConstants } from '../../kernel/kernel-constants-source.ts';
import { allProfiles, findProfile, readRoots } from '../../profiles/index.ts';
import { findPrograms } from '../../profiles/installed.ts';
import { PROFILE_SCHEMA } from '../../profiles/profile-schema.ts';
import { stateDirectory } from '../../settings/places.ts';
import type { SettingsRead } from '../../settings/settings-file.ts';
import { renderOrigin } from '../../settings/settings-file.ts';
import { type CommonOptions, parsePlatform, settingsReadOf } from './common-options.ts';
import { EXIT } from './exit-code.ts';
import { renderJson } from './json-text.ts';
import { renderProfile } from './profile-text.ts';
import type { KernelPrices, KnownProfile } from './profiles-known.ts';
import { renderProfiles } from './profiles-text.ts';
import { paintFor, type Terminal } from './terminal.ts';

export interface ProfilesOptions extends CommonOptions {
  readonly schema?: boolean;
}

export async function runProfiles(
  name: string | undefined,
  options: ProfilesOptions,
  terminal: Terminal,
): Promise<number> {
  if (options.schema === true) {
    terminal.print(`${JSON.stringify(PROFILE_SCHEMA, null, 2)}\n`);
    return EXIT.ok;
  }
  const read = settingsReadOf(options, terminal);
  const chosen = name === undefined ? allProfiles(read.settings.profiles) : [profileNamed(name, read)];
  const where = pricesOf(options, terminal);
  const known = chosen.map((profile) => knownOf(profile, { read, options, terminal, scene: where.scene }));
  if (options.json === true) terminal.print(renderProfilesJson(known, where.prices));
  if (options.json === true || options.quiet === true) return EXIT.ok;
  const paint = paintFor(terminal, options.color);
  const [only] = known;
  terminal.print(
    name !== undefined && only !== undefined
      ? renderProfile(only, { paint, columns: terminal.columns })
      : renderProfiles(known, where.prices, paint),
  );
  return EXIT.ok;
}

function profileNamed(name: string, { settings }: SettingsRead): Profile {
  const found = findProfile(name, settings.profiles);
  if (found.ok) return found.value;
  const { id, known, sentence } = found.error;
  const near = nearestWord(id, known);
  throw new SyncguardError(
    'unknown-profile',
    sentence,
    near === null ? 'syncguard profiles lists them' : `did you mean syncguard profiles ${near}?`,
  );
}

interface Scene {
  readonly read: SettingsRead;
  readonly options: ProfilesOptions;
  readonly terminal: Terminal;
  readonly scene: Omit<PriceScene, 'profile'>;
}

function knownOf(profile: Profile, { read, options, terminal, scene }: Scene): KnownProfile {
  const { environment, home } = terminal;
  const { sysroot } = options;
  const price = { ...scene, profile };
  const prefix = `daemon.${profile.id}.`;
  const roots = readRoots(profile, { home, env: environment, argv: [], sysroot });
  const other = roots.ok ? roots.value.otherGeneration : undefined;
  return {
    profile: other === undefined ? profile : inOtherGeneration(profile, other),
    programs: findPrograms(profile, { path: environment['PATH'] ?? '', home, sysroot }),
    touchedPerFileBytes:
      profile.scan.atStart === 'stat-all'
        ? Math.round(weightOf(price, 'touched').perLeaf * profile.cost.sides)
        : 0,
    pinnedPerDirectoryBytes: Math.round(weightOf(price, 'pinned').perDirectory),
    roots,
    trees: read.settings.trees[profile.id] ?? [],
    overrides: Object.entries(read.origins)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, origin]) => ({ key: key.slice(prefix.length), origin: renderOrigin(origin) })),
  };
}

/** What a name costs in this kernel, where the home lies; on another machine as ext4, which is dear enough. */
function pricesOf(
  options: ProfilesOptions,
  { environment, home }: Terminal,
): { scene: Omit<PriceScene, 'profile'>; prices: KernelPrices } {
  const sysroot = options.sysroot ?? '';
  const { platform } = detectPlatform(sysroot, parsePlatform(options.platform) ?? undefined);
  const isRoot = process.getuid?.() === 0;
  const cacheDir = sysroot === '' ? stateDirectory({ environment, home, isRoot }) : null;
  const { constants } = readKernelConstants({ sysroot, platform, cacheDir });
  const found = readFilesystem(home, sysroot);
  const filesystem: Filesystem = found.ok ? found.value : EXT4;
  return {
    scene: { platform, filesystem, constants, ancestorCount: 0 },
    prices: { kernelRelease: platform.kernelRelease, platform: platform.id, filesystem: filesystem.type },
  };
}

const EXT4: Filesystem = { kind: 'ext4', type: 'ext4', lower: null, mountPoint: '/' };

/** Schema syncguard/profiles/1; each `profile` as --schema describes it. */
const renderProfilesJson = (known: readonly KnownProfile[], prices: KernelPrices): string =>
  renderJson({
    schema: 'syncguard/profiles/1',
    prices,
    profiles: known.map(({ roots, ...each }) => ({ ...each, ...rootsJson(roots) })),
  });

/** Where they are not known, `rootsTrouble` says why, and what to type. */
function rootsJson(found: KnownProfile['roots']): object {
  if (!found.ok) return { roots: [], rootsTrouble: found.error };
  const { roots, evidence, sides } = found.value;
  return {
    roots: roots.map(({ path, label, paused, watched, caveat }) => ({
      path,
      label,
      paused,
      watched,
      caveat,
    })),
    rootsEvidence: evidence,
    sides,
  };
}
