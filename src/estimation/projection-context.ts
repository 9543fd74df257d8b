// What a projection needs beside snapshot and load.

import type { Census } from '../domain/census.ts';
import { NO_AMOUNTS, type ProjectionContext } from '../domain/projection.ts';
import type { EstimateRequest } from './request.ts';
import { type PriceScene, pinSizesOf } from './tree-costs.ts';

export function contextOf(
  { required, walls }: Pick<EstimateRequest, 'required' | 'walls'>,
  trees: readonly { readonly census: Census; readonly price: PriceScene }[],
): ProjectionContext {
  const [first] = trees;
  return {
    ...(first === undefined ? NO_PINS : pinSizesOf(first.census, first.price)),
    running: NO_AMOUNTS,
    required,
    walls,
  };
}

const NO_PINS = { beancounterUnitBytes: 0, watchPinBytes: 0 };
