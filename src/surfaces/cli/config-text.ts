// The settings as text that is a configuration itself: who said a value stands behind it as a comment.

import { escapeForTerminal } from '../../formats/name-text.ts';
import { renderOrigin } from '../../settings/settings-file.ts';
import { renderValue } from '../../settings/settings-leaves.ts';
import type { ListedSetting } from '../../settings/settings-listing.ts';
import { type Cell, type Paint, renderColumns } from './terminal.ts';

export interface ConfigurationPage {
  readonly paint: Paint;
  readonly files: readonly string[];
  /** true: also what is not said, with what it is for. */
  readonly isVerbose: boolean;
}

export function renderConfiguration(listed: readonly ListedSetting[], page: ConfigurationPage): string {
  const { paint, files, isVerbose } = page;
  const shown = isVerbose ? listed : listed.filter(({ value }) => value !== null);
  const tables = new Map<string, ListedSetting[]>();
  for (const setting of shown) {
    const table = setting.path.slice(0, -1).map(bareOrQuoted).join('.');
    tables.set(table, [...(tables.get(table) ?? []), setting]);
  }
  const sections = [...tables].map(([name, settings]) => {
    const head = name === '' ? '' : `\n${paint('strong', `[${name}]`)}\n`;
    return head + renderColumns(settings.map(rowOf), paint);
  });
  const read = files.length === 0 ? 'no file was found' : `read ${files.map(escapeForTerminal).join(', ')}`;
  return `${paint('faint', `# ${read}`)}\n${sections.join('')}`;
}

function rowOf({ path, value, isHidden, origin, doc }: ListedSetting): Cell[] {
  const name = bareOrQuoted(path.at(-1) ?? '');
  if (value === null || origin === null)
    return [
      { text: `# ${name} =`, tone: 'faint' },
      { text: `# unsaid: ${doc}`, tone: 'faint' },
    ];
  // A comment, or whoever copied it would have a configuration that says something else.
  const said = isHidden ? `# ${name} = ${String(value)}` : `${name} = ${renderValue(value)}`;
  return [
    { text: escapeForTerminal(said) },
    { text: `# ${escapeForTerminal(renderOrigin(origin))}`, tone: 'faint' },
  ];
}

/** As TOML writes a key. */
const bareOrQuoted = (name: string): string => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name));
