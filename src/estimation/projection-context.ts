// What a projection needs beside snapshot and load.

import type { Census } from '../domain/census.ts';
import type { ProjectionContext } from '../domain/projection.ts';
import type { RunningDaemon } from '../kernel/running-daemon.ts';
import type { EstimateRequest } from './request.ts';
import { amountsOfRunning } from './running-amounts.ts';
import { type PriceScene, pinSizesOf } from './tree-costs.ts';

export interface ContextParts {
  readonly request: Pick<EstimateRequest, 'required' | 'walls'>;
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
  };
}

const NO_PINS = { beancounterUnitBytes: 0, watchPinBytes: 0 };
