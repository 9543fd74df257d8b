// From what the sentinel asks to what an estimate takes: quantities are parsed and settings read here.

import { SyncguardError } from '../domain/error.ts';
import { isPlatformId } from '../domain/platform.ts';
import type { Amounts } from '../domain/projection.ts';
import { isResourceName, type ResourceName, unitOf } from '../domain/resource.ts';
import type { RootMemory } from '../domain/root-memory.ts';
import type { Settings } from '../domain/settings.ts';
import type { EstimateRequest } from '../estimation/index.ts';
import { EMULATION_VARIABLE, type GateRequest, type ResourceSetting } from '../formats/gate-request.ts';
import { parseAmount } from '../formats/quantity-text.ts';
import { readKernelFile } from '../kernel/kernel-file.ts';

export interface GateScene {
  readonly settings: Settings;
  readonly memories: readonly RootMemory[];
  readonly environment: EstimateRequest['environment'];
  readonly home: string;
  readonly stateDirectory: string;
}

/** A bad quantity or name throws the one error to show. */
export function estimateRequestOf(asked: GateRequest, scene: GateScene): EstimateRequest {
  const { settings, memories, environment, home, stateDirectory } = scene;
  return {
    trees: asked.trees,
    daemon: asked.daemon,
    command: asked.command,
    subject: { kind: 'self' },
    keeps: settings.keep,
    supposed: null,
    excludes: asked.excludes,
    usesIgnores: true,
    expected: null,
    required: new Map([...configured(settings.require), ...amountsOf('--require', asked.requires)]),
    walls: new Map([...configured(settings.barriers), ...amountsOf('--barrier', asked.barriers)]),
    beancounters: emulatedTable(environment),
    purpose: 'gate',
    isFull: false,
    sysroot: asked.sysroot ?? '',
    platform: asked.platform !== null && isPlatformId(asked.platform) ? asked.platform : null,
    settings,
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

const configured = (amounts: Settings['barriers']): [ResourceName, number][] =>
  Object.entries(amounts).flatMap(([name, value]): [ResourceName, number][] =>
    isResourceName(name) && value !== undefined ? [[name, Number(value)]] : [],
  );

function amountsOf(option: string, asked: readonly ResourceSetting[]): Amounts {
  return new Map(asked.map((setting) => amountOf(option, setting)));
}

function amountOf(option: string, { resource, value }: ResourceSetting): [ResourceName, number] {
  if (!isResourceName(resource)) {
    throw new SyncguardError(
      'unknown-resource',
      `${option} ${resource}=${value}: there is no resource ${resource}.`,
      'syncguard limits --verbose lists them',
    );
  }
  const amount = parseAmount(value, unitOf(resource));
  if (amount.ok) return [resource, Number(amount.value)];
  throw new SyncguardError(
    'bad-quantity',
    `${option} ${resource}=${value}: ${amount.error}.`,
    `write it as in ${option} dcachesize=3M`,
  );
}
