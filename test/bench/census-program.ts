// The census alone as a program, for the benchmark: census-program DIR [ENGINE]; prints "directories leaves name-bytes".

import { readFileSync } from 'node:fs';
import { type CensusRequest, takeCensus } from '../../src/census/index.ts';
import { leavesOf } from '../../src/domain/census.ts';
import { parseMountinfo } from '../../src/formats/mountinfo.ts';

const [root = '.', engine = 'auto'] = process.argv.slice(2);
const mounts = parseMountinfo(readFileSync('/proc/self/mountinfo', 'latin1'));
const mountPoints = mounts.ok ? mounts.value.map(({ mountPoint }) => mountPoint) : [];
const result = await takeCensus({
  root,
  mountPoints,
  engine: engine as NonNullable<CensusRequest['engine']>,
});
if (!result.ok) throw new Error(`${result.error.kind}: ${result.error.path}`);
const census = result.value;
process.stdout.write(`${census.directories} ${leavesOf(census)} ${census.nameBytes} ${census.engine}\n`);
