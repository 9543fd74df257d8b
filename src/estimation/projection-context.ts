// What a projection needs beside snapshot and load.

import type { Census } from '../domain/census.ts';
import type { ProjectionContext } from '../domain/projection.ts';
import type { Brake } from '../domain/verdict.ts';
import type { RunningDaemon } from '../kernel/running-daemon.ts';
import type { EstimateRequest } from './request.ts';
import { amountsOfRunning } from './running-amounts.ts';
import { type PriceScene, pinSizesOf } from './tree-costs.ts';

export interface ContextParts {
  readonly request: Pick<EstimateRequest, 'required' | 'walls' | 'brake'>;
  readonly trees: readonly { readonly census: Census; readonly price: PriceScene }[];
  readonly running: RunningDaemon;
}

export function contextOf({ request, trees, running }: ContextParts): ProjectionContext {
  const [first] = trees;
  const sizes = first === undefined ? NO_PINS : pinSizesOf(first.census, first.price);
  return {
    ...sizes,
    running: amountsOfRunning(running, sizes),
    required: request.required,
    walls: request.walls,
    roomSource: ROOM_SOURCE_OF[request.brake.kind],
  };
}

/** Where a brake can be set, a cgroup can be made: it is its brake. */
const ROOM_SOURCE_OF: Readonly<Record<Brake['kind'], ProjectionContext['roomSource']>> = {
  'memory-high': 'cgroup2',
  'waiting-cgroup': 'cgroup1',
  none: null,
};

const NO_PINS = { beancounterUnitBytes: 0, watchPinBytes: 0 };
