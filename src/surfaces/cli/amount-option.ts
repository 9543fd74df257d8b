// RESOURCE=VALUE, as --barrier and --require take it.

import { SyncguardError } from '../../domain/error.ts';
import { isResourceName, RESOURCE_NAMES, type ResourceName, unitOf } from '../../domain/resource.ts';
import type { Settings } from '../../domain/settings.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { parseAmount } from '../../formats/quantity-text.ts';

/** Later ones win, as everywhere on a command line. */
export function parseAmounts(option: string, texts: readonly string[]): Map<ResourceName, number> {
  return new Map(texts.map((text) => parseOne(option, text)));
}

function parseOne(option: string, text: string): [ResourceName, number] {
  const [word = '', value = ''] = text.split(/=(.*)/s);
  if (!isResourceName(word)) {
    const near = nearestWord(word, RESOURCE_NAMES);
    throw new SyncguardError(
      'unknown-resource',
      `${option} ${text}: there is no resource ${word === '' ? 'named before =' : word}; known are ${RESOURCE_NAMES.join(', ')}.`,
      near === null ? `write it as in ${option} dcachesize=3M` : `did you mean ${option} ${near}=${value}?`,
    );
  }
  const amount = parseAmount(value, unitOf(word));
  if (amount.ok) return [word, Number(amount.value)];
  throw new SyncguardError(
    'bad-quantity',
    `${option} ${text}: ${amount.error}.`,
    `write it as in ${option} ${word}=${EXAMPLE_OF[unitOf(word)]}`,
  );
}

const EXAMPLE_OF = { bytes: '64M', pages: '72M', items: '8192' } as const;

/** What the configuration says, as the command line would have said it. */
export const configuredAmounts = (amounts: Settings['barriers']): Map<ResourceName, number> =>
  new Map(
    Object.entries(amounts).flatMap(([name, value]): [ResourceName, number][] =>
      isResourceName(name) && value !== undefined ? [[name, Number(value)]] : [],
    ),
  );
