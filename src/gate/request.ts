// From what the sentinel asks to what an estimate takes: what was typed has become settings by then.

import { SyncguardError } from '../domain/error.ts';
import { isPlatformId } from '../domain/platform.ts';
import type { Amounts } from '../domain/projection.ts';
import { isResourceName, type ResourceName } from '../domain/resource.ts';
import type { RootMemory } from '../domain/root-memory.ts';
import type { Settings } from '../domain/settings.ts';
import type { EstimateRequest } from '../estimation/index.ts';
import { EMULATION_VARIABLE, type GateRequest } from '../formats/gate-request.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';

export interface GateScene {
  readonly settings: Settings;
  readonly memories: readonly RootMemory[];
  readonly environment: EstimateRequest['environment'];
  readonly home: string;
  readonly stateDirectory: string;
}

/** A table that cannot be read throws the one error to show. */
export function estimateRequestOf(asked: GateRequest, scene: GateScene): EstimateRequest {
  const { settings, memories, stateDirectory } = scene;
  const { environment, home } = asked.runningPid === null ? scene : sceneOf(asked.runningPid, scene);
  return {
    trees: asked.trees,
    daemon: asked.daemon,
    command: asked.command,
    subject: asked.runningPid === null ? { kind: 'self' } : { kind: 'pid', pid: asked.runningPid },
    keeps: settings.keep,
    supposed: null,
    excludes: asked.excludes,
    usesIgnores: true,
    expected: null,
    required: amountsOf(settings.require),
    walls: amountsOf(settings.barriers),
    beancounters: emulatedTable(scene.environment),
    purpose: 'gate',
    isFull: false,
    sysroot: asked.sysroot ?? '',
    platform: asked.platform !== null && isPlatformId(asked.platform) ? asked.platform : null,
    settings: { ...settings, barriers: withoutTyped(settings.barriers, asked.flags) },
    configFile: asked.config,
    policy: settings,
    brake: asked.canBrake,
    memories,
    top: 0,
    environment,
    home,
    cacheDirectory: asked.sysroot === null ? stateDirectory : null,
    onProgress: null,
  };
}

/** A running daemon's home and variables say where its configuration is; what another user's may not be read stays ours. */
function sceneOf(pid: number, { environment, home }: GateScene): Pick<GateScene, 'environment' | 'home'> {
  const text = readKernelFile('', `/proc/${pid}/environ`);
  if (!text.ok) return { environment, home };
  const entries = text.value.split('\0').flatMap((entry): [string, string][] => {
    const equals = entry.indexOf('=');
    return equals > 0
      ? [[entry.slice(0, equals), Buffer.from(entry.slice(equals + 1), 'latin1').toString()]]
      : [];
  });
  const own = Object.fromEntries(entries);
  return { environment: own, home: own['HOME'] ?? home };
}

function emulatedTable(environment: EstimateRequest['environment']): EstimateRequest['beancounters'] {
  const origin = environment[EMULATION_VARIABLE];
  if (origin === undefined || origin === '') return null;
  const text = readKernelFile('', origin);
  if (text.ok) return { text: text.value, origin };
  throw new SyncguardError(
    'bad-beancounters',
    `${EMULATION_VARIABLE} names ${origin}, which cannot be read (${text.error.detail}).`,
    `unset ${EMULATION_VARIABLE}`,
  );
}

/** Walls that the configuration alone would give whoever types a hint. */
const withoutTyped = (barriers: Settings['barriers'], flags: GateRequest['flags']): Settings['barriers'] =>
  Object.fromEntries(Object.entries(barriers).filter(([name]) => flags[`barriers.${name}`] === undefined));

const amountsOf = (said: Settings['barriers']): Amounts =>
  new Map(
    Object.entries(said).flatMap(([name, value]): [ResourceName, number][] =>
      isResourceName(name) && value !== undefined ? [[name, Number(value)]] : [],
    ),
  );
