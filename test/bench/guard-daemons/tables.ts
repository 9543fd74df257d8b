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

/** One line for all runs of a cell: what came of them, and the worst that the program beside saw. */
function renderDaemons(rows: readonly Row[]): string {
  const sorted = [...rows].sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const lines = [...groupsOf(sorted)].map(([name, all]) => {
    const [daemon, container, mode] = name.split(' ');
    const copied = all.flatMap(({ copied: files }) => files ?? []);
    const worst = (of: (probing: Probing) => number | null): number =>
      Math.max(...all.map(({ probing }) => (probing === null ? 0 : (of(probing) ?? 0))));
    const failures = worst(({ fork, open }) => fork.failures + open.failures);
    const cells = [
      outcomesOf(all),
      rangeOf(all.map(({ elapsedMs }) => elapsedMs / 1000)),
      sumOf(all),
      rangeOf(copied),
      failures,
      inMs(worst(({ fork }) => fork.maxMicroseconds)),
      inMs(worst(({ open }) => open.maxMicroseconds)),
    ];
    return `| ${daemon} | ${container} MiB | ${mode} | ${cells.join(' | ')} |`;
  });
  return `| daemon | container | | outcome | s | OOM kills | files at the target | refused beside | slowest fork, ms | slowest open, ms |\n|---|---|---|---|---|---|---|---|---|---|\n${lines.join('\n')}\n`;
}

type Probing = NonNullable<Row['probing']>;

/** `4 finished, 2 ended with 255`. */
function outcomesOf(rows: readonly Row[]): string {
  const ends = rows.map(({ outcome, status, signal }) =>
    outcome === 'ended' ? `ended with ${status ?? signal}` : outcome,
  );
  return [...new Set(ends)].map((end) => `${ends.filter((one) => one === end).length} ${end}`).join(', ');
}

const inMs = (microseconds: number): string => (microseconds / 1000).toFixed(microseconds < 10_000 ? 1 : 0);
const countOf = (rows: readonly Row[], outcome: Row['outcome']): number =>
  rows.filter((row) => row.outcome === outcome).length;
const sumOf = (rows: readonly Row[]): number => rows.reduce((sum, { oomKills }) => sum + oomKills, 0);
const rangeOf = (values: readonly number[]): string => {
  const sorted = values.map((value) => Math.round(value * 10) / 10).sort((a, b) => a - b);
  if (sorted.length === 0) return '-';
  return sorted[0] === sorted.at(-1) ? String(sorted[0]) : `${sorted[0]} to ${sorted.at(-1)}`;
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
