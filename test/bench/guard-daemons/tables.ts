// The rows as the two tables of README.md.
import type { Row } from './run-cell.ts';

export function renderTables(rows: readonly Row[]): string {
  const walks = rows.filter(({ name }) => name.startsWith('walk-'));
  const daemons = rows.filter(({ name }) => !name.startsWith('walk-'));
  return `${renderWalks(walks)}\n${renderDaemons(daemons)}`;
}

function renderWalks(rows: readonly Row[]): string {
  const lines = [...groupsOf(rows)].map(([name, all]) => {
    const finished = all.filter(({ outcome }) => outcome === 'finished');
    const refused = finished.map(({ walk }) => walk?.refused ?? 0);
    return `| ${name} | ${all.length} | ${finished.length} | ${countOf(all, 'stopped')} | ${sumOf(all)} | ${rangeOf(refused)} | ${rangeOf(all.map(({ elapsedMs }) => elapsedMs / 1000))} |`;
  });
  return `| walker | runs | finished | ended by the guard | OOM kills | calls refused in a finished run | seconds |\n|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`;
}

function renderDaemons(rows: readonly Row[]): string {
  const sorted = [...rows].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const lines = sorted.map(({ name, outcome, status, elapsedMs, oomKills, hits, copied, probing }) => {
    const [daemon, container, mode] = name.split(' ');
    const end = outcome === 'ended' ? `ended with ${status}` : outcome;
    const { fork, open, longestSilenceMs } = probing ?? {};
    return `| ${daemon} | ${container} MiB | ${mode} | ${end} | ${seconds(elapsedMs)} | ${oomKills} | ${hits} | ${copied ?? '-'} | ${latency(fork)} | ${latency(open)} | ${longestSilenceMs} |`;
  });
  return `| daemon | container | | outcome | s | OOM kills | hits | files at the target | fork median / max, ms | open median / max, ms | longest silence, ms |\n|---|---|---|---|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`;
}

type Latency = NonNullable<Row['probing']>['fork'] | undefined;

const inMs = (microseconds: number | null | undefined): string =>
  microseconds == null ? '-' : (microseconds / 1000).toFixed(microseconds < 10_000 ? 2 : 0);
const latency = (one: Latency): string =>
  `${inMs(one?.medianMicroseconds)} / ${inMs(one?.maxMicroseconds)}${one !== undefined && one.failures > 0 ? `, ${one.failures} failed` : ''}`;
const seconds = (ms: number): string => (ms / 1000).toFixed(1);
const countOf = (rows: readonly Row[], outcome: Row['outcome']): number =>
  rows.filter((row) => row.outcome === outcome).length;
const sumOf = (rows: readonly Row[]): number => rows.reduce((sum, { oomKills }) => sum + oomKills, 0);
const rangeOf = (values: readonly number[]): string => {
  const sorted = values.map((value) => Math.round(value * 10) / 10).sort((a, b) => a - b);
  return sorted.length === 0 ? '-' : `${sorted[0]} to ${sorted.at(-1)}`;
};

/** By name without the number of the run. */
function groupsOf(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row.name.replace(/ \d+$/, '');
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return groups;
}
