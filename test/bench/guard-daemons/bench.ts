// Real daemons and walkers in containers too small for their trees, bare and guarded, with another program beside them.
// Resumable: a run whose row is in results.jsonl is not made again. See README.md.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { compilePrograms } from '../../support/guarded-daemon-programs.ts';
import { CELLS, nameOf } from './cells.ts';
import { openBench, type Row } from './run-cell.ts';
import { renderTables } from './tables.ts';

const RESULTS = 'test/bench/guard-daemons/results.jsonl';

const rows = existsSync(RESULTS) ? readFileSync(RESULTS, 'utf8').split('\n').filter(Boolean) : [];
const done = new Map(rows.map((line): [string, Row] => [JSON.parse(line).name, JSON.parse(line)]));
if (process.argv[2] !== '--tables') await runMissing(process.argv[2] ?? '');
process.stdout.write(renderTables([...done.values()]));

/** Those whose name begins so. */
async function runMissing(prefix: string): Promise<void> {
  using programs = compilePrograms();
  using bench = openBench(programs);
  for (const cell of CELLS)
    for (let run = 1; run <= cell.runs; run += 1) {
      const name = nameOf(cell, run);
      if (done.has(name) || !name.startsWith(prefix)) continue;
      const row = await bench.run(name, cell);
      done.set(name, row);
      appendFileSync(RESULTS, `${JSON.stringify(row)}\n`);
      process.stderr.write(`${name}: ${row.outcome} after ${row.elapsedMs} ms, ${row.oomKills} OOM kills\n`);
    }
}
