// Whole processes against the bare C walker and against peers, in interleaved rounds; prints one table a tree.
//   node test/bench/plant.mjs DIR && node test/bench/speed.mjs DIR [--trees ABCDE] [--rounds 5] [--cold] [--node PATH]...
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const HERE = import.meta.dirname;
const REPOSITORY = join(HERE, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'syncguard-speed-'));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trees: { type: 'string', default: 'ABCDE' },
    rounds: { type: 'string', default: '5' },
    cold: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    node: { type: 'string', multiple: true, default: [process.execPath] },
  },
});
const place = positionals[0];
if (place === undefined)
  throw new Error('usage: speed.mjs DIR [--trees ABCDE] [--rounds N] [--cold] [--node PATH]');

/** A clean environment: NODE_EXTRA_CA_CERTS alone adds 40 ms to the start of Node 20. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  LANG: 'C.UTF-8',
  // The kept code of `estimate` is of this very build, whatever else starts meanwhile.
  STATE_DIRECTORY: join(scratch, 'state'),
};

async function bundle(source) {
  const build = await rolldown({ input: join(HERE, source), platform: 'node', external: ['koffi'] });
  // Inside the repository, so that the optional package is found from there.
  const file = join(REPOSITORY, 'node_modules/.cache/syncguard', source.replace(/\.ts$/, '.mjs'));
  await build.write({ file, format: 'esm' });
  await build.close();
  return file;
}

/** A copy of the built program, so that a build meanwhile does not change what is measured. */
function copyProgram() {
  const copy = join(REPOSITORY, 'node_modules/.cache/syncguard/built');
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(REPOSITORY, part), join(copy, part), { recursive: true });
  }
  return join(copy, 'bin/syncguard');
}

function compile() {
  const walker = join(scratch, 'walker');
  execFileSync('cc', ['-O2', '-Wall', '-Wextra', '-o', walker, join(HERE, 'walker.c')]);
  return walker;
}

const versionOf = (node) => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
const census = await bundle('census-program.ts');
const globPeer = join(HERE, 'glob-peer.mjs');

/** A way of counting: name, command before the tree, environment of its own. */
function waysOfNode(node) {
  const version = versionOf(node);
  return [
    { name: `${version}: start only`, command: [node, '-e', '0', '--'] },
    { name: `${version}: census`, command: [node, census], isCensus: true },
    { name: `${version}: census, no koffi`, command: [node, '--no-addons', census], isCensus: true },
  ];
}

const WARM_PEERS = [
  { name: 'bfs', command: ['bfs'], after: ['-printf', '%y'] },
  { name: 'find', command: ['find'], after: ['-printf', '%y'] },
  { name: 'fd (2 threads)', command: ['fdfind', '-u', '.'] },
  { name: 'du --inodes', command: ['du', '-s', '--inodes'] },
  { name: 'gdu (2 threads)', command: ['gdu', '-n', '-p', '-c'] },
  { name: 'fdir sync, counts', command: [process.execPath, globPeer, 'fdir'] },
  { name: 'fast-glob stream', command: [process.execPath, globPeer, 'fast-glob'] },
];
const program = copyProgram();
const ESTIMATE = ['estimate', '--full', '--json'];
const estimates = [
  { name: 'syncguard estimate', command: [program, ...ESTIMATE] },
  {
    name: 'syncguard estimate, no koffi',
    command: [process.execPath, '--no-addons', '--', program, ...ESTIMATE],
  },
];
const COLD_PEERS = WARM_PEERS.slice(0, 3);

function waysToRun() {
  const bare = { name: 'C getdents64, 1 thread', command: [compile()], isCensus: true };
  const nodes = values.node.flatMap(waysOfNode);
  const all = values.cold
    ? [bare, ...nodes, ...estimates, ...COLD_PEERS]
    : [bare, ...nodes, ...estimates, ...WARM_PEERS];
  return all.filter(({ name }) => name === bare.name || new RegExp(values.only).test(name));
}

/** One process: wall and processor milliseconds, peak resident MiB. */
function measure(way, tree) {
  if (values.cold) dropCaches();
  const usage = join(scratch, 'usage');
  const command = ['-q', '-o', usage, '-f', '%U %S %M %I', ...way.command, tree, ...(way.after ?? [])];
  const startedAt = process.hrtime.bigint();
  const stdio = ['ignore', way.isCensus ? 'pipe' : 'ignore', 'inherit'];
  const env = { ...ENVIRONMENT, ...way.env };
  const ended = spawnSync('/usr/bin/time', command, { stdio, encoding: 'utf8', env });
  const wallMs = Number(process.hrtime.bigint() - startedAt) / 1e6;
  check(way, tree, ended);
  const [user, system, peakKib, readBlocks] = readFileSync(usage, 'utf8').trim().split(' ').map(Number);
  return {
    readBlocks,
    wallMs,
    cpuMs: (user + system) * 1000,
    peakMib: peakKib / 1024,
  };
}

/** 512-byte blocks read from disk above which somebody else had dropped the caches: the run is done again. */
const WARM_READ_BLOCKS = 64;

function measureWarm(way, tree) {
  let run = measure(way, tree);
  while (run.readBlocks > WARM_READ_BLOCKS) run = measure(way, tree);
  return run;
}

/** A way that failed, or counted something else, is not fast. */
function check(way, tree, { status, stdout }) {
  if (status !== 0) throw new Error(`${way.name} ended with ${status} on ${tree}`);
  if (!way.isCensus) return;
  const { directories, leaves } = truthOf(tree);
  if (!stdout.startsWith(`${directories} ${leaves} `))
    throw new Error(`${way.name} counted ${stdout} on ${tree}`);
}

const truthOf = (tree) => JSON.parse(readFileSync(`${tree}.json`, 'utf8'));

function dropCaches() {
  execFileSync('sync');
  writeFileSync('/proc/sys/vm/drop_caches', '3');
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

function row(name, runs, bareWallMs) {
  const wallMs = median(runs.map((run) => run.wallMs));
  const cells = [
    name,
    wallMs.toFixed(0),
    Math.min(...runs.map((run) => run.wallMs)).toFixed(0),
    (wallMs / bareWallMs).toFixed(2),
    median(runs.map((run) => run.cpuMs)).toFixed(0),
    Math.max(...runs.map((run) => run.peakMib)).toFixed(0),
  ];
  return `| ${cells.join(' | ')} |`;
}

function table(tree, ways) {
  const root = join(place, tree);
  const truth = truthOf(root);
  const runs = new Map(ways.map((way) => [way.name, []]));
  if (!values.cold) for (const way of ways) measure(way, root);
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const way of ways)
      runs.get(way.name).push(values.cold ? measure(way, root) : measureWarm(way, root));
  }
  const bareWallMs = median(runs.get(ways[0].name).map((run) => run.wallMs));
  console.log(`\n### ${tree}: ${truth.directories} directories, ${truth.leaves} leaves\n`);
  console.log('| way | wall ms | best | to C | cpu ms | peak MiB |\n|---|---|---|---|---|---|');
  for (const way of ways) console.log(row(way.name, runs.get(way.name), bareWallMs));
}

const load = () => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
const ways = waysToRun();
console.log(`${values.cold ? 'cold' : 'warm'}, ${values.rounds} rounds, load before ${load()}`);
for (const tree of values.trees) table(tree, ways);
console.log(`\nload after ${load()}`);
rmSync(scratch, { recursive: true });
