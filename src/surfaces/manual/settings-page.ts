// syncguard(5): every key of the configuration, from the one declaration of them.

import { RESOURCE_NAMES } from '../../domain/resource.ts';
import type { AnyKey } from '../../settings/settings-keys.ts';
import { DEFAULT_TABLE } from '../../settings/settings-layers.ts';
import { daemonLeaves, LEAVES, type Leaf, renderValue, valueAt } from '../../settings/settings-leaves.ts';
import { variableOf } from '../../settings/settings-words.ts';
import type { Edition } from './command-page.ts';
import {
  entry,
  listing,
  literal,
  paragraph,
  plain,
  renderTitle,
  section,
  sentence,
  variable,
} from './roff.ts';

/** Tables with one key a resource, told once. */
const BY_RESOURCE = ['require', 'barriers'];

const isByResource = ({ path }: Leaf): boolean => BY_RESOURCE.includes(path[0] ?? '');

export const renderSettingsPage = ({ version, date }: Edition): string =>
  [
    renderTitle(5, version, date),
    section('NAME', 'syncguard \\- configuration of syncguard\n'),
    section('DESCRIPTION', DESCRIPTION.map((each) => paragraph(plain(each))).join('') + listing(EXAMPLE)),
    section(
      'SETTINGS',
      LEAVES.filter((leaf) => !isByResource(leaf))
        .map(renderLeaf)
        .join(''),
    ),
    section('WALLS AND NEEDS', BY_RESOURCE.map(renderByResource).join('') + paragraph(plain(RESOURCES))),
    section(
      'DAEMONS',
      paragraph(plain('In a table [daemon.NAME]; all of them count from the next start of the daemon on.')) +
        daemonLeaves('NAME').map(renderLeaf).join(''),
    ),
    section('SEE ALSO', '.BR syncguard (1)\n'),
  ].join('');

function renderLeaf(leaf: Leaf): string {
  const { path, name, key } = leaf;
  const otherwise = valueAt(DEFAULT_TABLE, path);
  const isOfDaemon = path[0] === 'daemon';
  const notes = [
    ...valuesOf(key, otherwise === undefined),
    ...(otherwise === undefined ? [] : [`Default: ${renderValue(key.kind.write(otherwise))}.`]),
    ...(isOfDaemon ? [] : [`Variable: ${variableOf(leaf)}.`]),
    ...(isOfDaemon || key.effect === 'at once' ? [] : ['A running guard follows it from the next start on.']),
  ];
  return entry(
    literal(isOfDaemon ? (path[2] ?? name) : name),
    plain([sentence(key.doc), ...notes].join(' ')),
  );
}

/** The values there are, or how one looks where no default shows it. */
function valuesOf({ kind }: AnyKey, wantsExample: boolean): string[] {
  const { enum: words, examples } = kind.schema;
  if (Array.isArray(words)) return [`One of ${words.map((word) => renderValue(word)).join(', ')}.`];
  return wantsExample && Array.isArray(examples) ? [`As in ${renderValue(examples[0])}.`] : [];
}

function renderByResource(table: string): string {
  const leaf = LEAVES.find(({ path }) => path[0] === table);
  const doc = leaf?.key.doc.replace(/ \S+, in \S+$/, '') ?? '';
  return entry(
    `${literal(`${table}.`)}${variable('RESOURCE')}`,
    plain(sentence(`${doc} this resource, in its own unit`)),
  );
}

const RESOURCES = `RESOURCE is one of ${RESOURCE_NAMES.join(', ')}.`;

const DESCRIPTION = [
  'None is needed. The files are TOML: /etc/syncguard/config.toml and, over it, ~/.config/syncguard/config.toml, each with the conf.d/*.toml beside it by name. Variables of the environment are over the files, the options of run over both.',
  'A running guard follows a saved file at once, where a key does not say otherwise; a bad file changes nothing, and is said once. "syncguard config show" prints every value and who said it, "syncguard config check" whether it can be followed, "syncguard config schema" a JSON Schema for editors.',
];

const EXAMPLE = [
  'stop_at = "92%"',
  'on_refuse = "wait"',
  '',
  '[restart]',
  'policy = "on-failure"',
  'at = "20 4 * * *"',
  'time_zone = "Europe/Paris"',
  '',
  '[barriers]',
  'memory = "400M"',
];
