// The unit that --wrap names, as its files have it, without the drop-in of an earlier installation.

import { SyncguardError } from '../../domain/error.ts';
import { DROP_IN, parseWrappedUnit, type WrappedUnit } from '../../inits/index.ts';
import { unitCommands } from '../../profiles/unit-command.ts';
import { nameOfUnit, readUnitFile, type UnitRequest, unitValues } from '../../profiles/unit-file.ts';

export type WrapPlace = Omit<UnitRequest, 'without'>;

export function readWrapped(word: string, place: WrapPlace): WrappedUnit {
  const unit = nameOfUnit(word);
  const { path, lines } = readUnitFile(unit, { ...place, without: DROP_IN });
  const control = place.scope === 'user' ? 'systemctl --user' : 'systemctl';
  if (path === null)
    throw new SyncguardError(
      'no-unit',
      `--wrap ${unit}: no unit file of that name was found${place.sysroot === undefined ? '' : ` below ${place.sysroot}`}.`,
      `${control} list-unit-files '*.service'`,
    );
  const read = parseWrappedUnit({ unit, scope: place.scope, values: (key) => unitValues(lines, key) });
  if (read.ok) return read.value;
  throw new SyncguardError('usage', `${unit} ${read.error}.`, `${control} cat ${unit}`);
}

/** What it would start; []: not to be told. */
export const wrappedArgv = ({ unit, scope }: WrappedUnit, place: WrapPlace): readonly string[] =>
  unitCommands(['systemctl', ...(scope === 'user' ? ['--user'] : []), 'start', unit], place)[0]?.argv ?? [];
