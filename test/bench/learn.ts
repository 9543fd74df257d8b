// What `syncguard learn` finds of six programs on cold trees, beside what their profiles project: the table of README.md.
// FILES=5000,50000 PROGRAMS=syncthing,lsyncd FILE_BYTES=8192, as root.
import { spawnSync } from 'node:child_process';
import { BINARY } from '../support/binary.ts';
import { LEARNED_PROGRAMS, type LearnedProgram } from '../support/learned-programs.ts';
import { planted } from '../support/real-daemon-tree.ts';

const { FILES = '5000,50000', PROGRAMS, FILE_BYTES = '8192' } = process.env;
const sizes = FILES.split(',').map(Number);
const chosen = PROGRAMS?.split(',') ?? LEARNED_PROGRAMS.map(({ id }) => id);

for (const program of LEARNED_PROGRAMS.filter(({ id }) => chosen.includes(id))) await tryOn(program);

async function tryOn({ id, sides, command, prepare }: LearnedProgram): Promise<void> {
  const places = sizes.map((files) => planted({ files, fileBytes: Number(FILE_BYTES) }, sides));
  try {
    for (const { tree } of places) await prepare(tree);
    for (const { mount } of places) mount.makeCold();
    const trees = places.flatMap(({ tree }) => ['--tree', tree]);
    const words = ['learn', '-q', ...trees, '--', ...command];
    const { status, stdout, stderr } = spawnSync(BINARY, words, { encoding: 'utf8' });
    process.stdout.write(`## ${id}\n${status === 0 ? stdout : stderr}\n`);
  } finally {
    for (const place of places) place[Symbol.dispose]();
  }
}
