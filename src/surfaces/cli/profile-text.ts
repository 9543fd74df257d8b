// `syncguard profiles NAME` for people: what is believed of one daemon, and on what each number stands.

import type { EndSafety, Profile } from '../../domain/profile.ts';
import { AT_WATCH_LIMIT } from '../../estimation/reasons.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import { renderNumbers } from './profile-numbers.ts';
import type { KnownProfile } from './profiles-known.ts';
import { type Cell, fold, type Paint, renderColumns } from './terminal.ts';

interface ProfileTextOptions {
  readonly paint: Paint;
  readonly columns: number;
}

export function renderProfile(known: KnownProfile, options: ProfileTextOptions): string {
  const { profile } = known;
  const { paint } = options;
  const verified = profile.verified === 'any' ? '' : ` ${profile.verified}`;
  const head = `${paint('strong', 'Profile')}  ${profile.id}: ${escapeForTerminal(profile.title)}${verified}, ${profile.kind}\n`;
  const parts = [
    head + factLines([...hereFacts(known), ...habitFacts(profile), ...endFacts(profile)], options),
    `${paint('strong', 'Numbers')}\n${renderNumbers(known, options.columns)}`,
    `${paint('strong', 'Evidence')}\n${listed(profile.evidence, options)}`,
    overridesPart(known, options),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** What it is about, and one sentence on it. */
type Fact = readonly [string, string];

const WIDEST_NAME = 'when memory is refused'.length;

const factLines = (facts: readonly Fact[], { columns }: ProfileTextOptions): string =>
  facts
    .map(([name, text]) => `${fold(`  ${name.padEnd(WIDEST_NAME)}  `, escapeForTerminal(text), columns)}\n`)
    .join('');

const listed = (lines: readonly string[], { columns }: ProfileTextOptions): string =>
  lines.map((line) => `${fold('  - ', escapeForTerminal(line), columns)}\n`).join('');

function hereFacts({ profile, programs, roots, trees }: KnownProfile): Fact[] {
  const { names, subcommands, otherCommands } = profile.match;
  const needed = subcommands === undefined ? '' : ` with one of ${subcommands.join(', ')}`;
  const others = otherCommands === undefined ? '' : `, but not with ${otherCommands.join(', ')}`;
  const command = names.length === 0 ? 'any: --daemon names it' : `${names.join(', ')}${needed}${others}`;
  return [
    ['command', command],
    ['installed here', programs.join(', ') || 'no'],
    ...(trees.length > 0
      ? [['trees', `${trees.join(', ')} (the configuration)`] as const]
      : rootFacts(roots)),
  ];
}

function rootFacts(found: KnownProfile['roots']): Fact[] {
  if (!found.ok) return [['trees', `not known: ${found.error.reason}; ${found.error.hint}`]];
  const { roots, evidence } = found.value;
  if (roots.length === 0) return [['trees', `none (${evidence})`]];
  return roots.map(({ path, paused, watched, label }) => {
    const notes = [
      ...(label === path ? [] : [label]),
      ...(paused ? ['paused'] : []),
      ...(watched ? [] : ['not watched']),
    ];
    return ['tree', `${path}${notes.length > 0 ? ` (${notes.join(', ')})` : ''} from ${evidence}`] as const;
  });
}

const WATCHED: Readonly<Record<Profile['watch']['per'], string>> = {
  directory: 'every folder',
  entry: 'every entry',
  root: 'every tree as a whole',
  none: 'nothing',
};

const SCANNED: Readonly<Record<Profile['scan']['atStart'], string>> = {
  'stat-all': 'looks at every entry',
  'names-only': 'lists names alone',
  none: 'looks at nothing',
};

function readingOf({ readsBodies, dropsBodies }: Profile['scan']): string {
  if (readsBodies !== true) return '';
  return ` and reads every file once${dropsBodies === true ? ', keeping none in the cache' : ''}`;
}

function habitFacts(profile: Profile): Fact[] {
  const { watch, scan, ignore, prunesScan, prunesWatch } = profile;
  const instances =
    watch.instancesPerRoot === undefined ? String(watch.instances) : `${watch.instancesPerRoot} a tree`;
  const spares = prunesScan
    ? `what they leave out is ${prunesWatch ? 'neither scanned nor watched' : 'watched, not scanned'}`
    : 'what they leave out is scanned and watched all the same';
  const isTouched = scan.touchesIgnoredLeaves === true ? ', single files are looked at all the same' : '';
  const rules = ignore === 'none' ? 'not read here, so all is counted' : `${ignore}: ${spares}${isTouched}`;
  return [
    [
      'watches',
      watch.api === 'none' ? 'nothing' : `${WATCHED[watch.per]} by ${watch.api}, instances ${instances}`,
    ],
    ['out of watches it', AT_WATCH_LIMIT[watch.atLimit]],
    ['at its start', `${SCANNED[scan.atStart]}${readingOf(scan)}`],
    ['its ignore rules', rules],
  ];
}

const safety = (signal: string, isSafe: EndSafety): string =>
  isSafe === 'idle-only'
    ? `${signal} is safe while it is idle`
    : `${signal} is ${isSafe ? 'safe' : 'not safe'}`;

function endFacts({ stop, control, leaveOut, enomemSafe }: Profile): Fact[] {
  const ways = leaveOut.flatMap(({ name, effect, command, consequence }): Fact[] => [
    ['leave out by', `${name}: ${command}; effect: ${effect}`],
    ['note', consequence],
  ]);
  const recover: Fact[] = stop.recover === undefined ? [] : [['after such an end', stop.recover]];
  return [
    ['ends', `${safety('TERM', stop.termSafe)}, ${safety('KILL', stop.killSafe)} (${stop.evidence})`],
    ...recover,
    [
      'when memory is refused',
      enomemSafe ? 'it takes no failed look for a deletion' : 'it may take a failed look for a deletion',
    ],
    ...controlFacts(control),
    ...ways,
  ];
}

function controlFacts(control: Profile['control']): Fact[] {
  if (control === null) return [['can be asked to wait', 'no: it is frozen']];
  const { kind, pause, resume, throttle, releasesWatches } = control;
  const watches = releasesWatches === null ? '' : releasesWatches ? '; its watches go' : '; its watches stay';
  return [
    ['can be asked to wait', pause === null ? 'no: it is frozen' : `${pause} (${kind})${watches}`],
    ...(resume === null ? [] : [['and to go on', resume] as const]),
    ['can be slowed down', throttle === null ? 'no' : `${throttle} (${kind})`],
  ];
}

function overridesPart({ overrides }: KnownProfile, { paint }: ProfileTextOptions): string {
  if (overrides.length === 0) return '';
  const rows = overrides.map(({ key, origin }): Cell[] => [
    { text: key },
    { text: escapeForTerminal(origin), tone: 'faint' },
  ]);
  return `${paint('strong', 'Changed by the configuration')}\n${renderColumns(rows, paint, '  ')}`;
}
