// Options that every command takes.

import { SyncguardError } from '../../domain/error.ts';
import { isPlatformId, PLATFORM_IDS, type PlatformId } from '../../domain/platform.ts';
import type { Settings } from '../../domain/settings.ts';
import { nearestWord } from '../../formats/nearest-word.ts';
import { readSettings, type SettingsRead, sentenceOf } from '../../settings/settings-file.ts';
import type { ColorChoice, Terminal } from './terminal.ts';

export interface CommonOptions {
  readonly json?: boolean;
  readonly config?: string;
  readonly sysroot?: string;
  readonly platform?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly debug?: boolean;
  readonly color: ColorChoice;
}

/** null: detect it. */
export function parsePlatform(word: string | undefined): PlatformId | null {
  if (word === undefined || isPlatformId(word)) return word ?? null;
  const near = nearestWord(word, PLATFORM_IDS);
  throw new SyncguardError(
    'usage',
    `--platform ${word} is not one of ${PLATFORM_IDS.join(', ')}.`,
    near === null ? 'leave it out to have it detected' : `did you mean --platform ${near}?`,
  );
}

/** The settings in force; a bad file is the one error to show. */
export const settingsOf = (options: Pick<CommonOptions, 'config'>, terminal: Terminal): Settings =>
  settingsReadOf(options, terminal).settings;

/** The same with who said each of them. */
export function settingsReadOf(options: Pick<CommonOptions, 'config'>, terminal: Terminal): SettingsRead {
  const read = readSettings({
    explicitFile: options.config ?? null,
    env: terminal.environment,
  });
  if (read.ok) return read.value;
  throw new SyncguardError('bad-config', sentenceOf(read.error), read.error.hint);
}
