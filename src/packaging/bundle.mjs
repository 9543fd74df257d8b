// The built program as one file for a small machine: npm run bundle [-- DIRECTORY], after npm run build. A shell script
// (bundle-header) that unpacks the program, compressed behind its last line, once and verified into the state directory, and from
// then on only checks and starts it. The same source gives the same bytes. koffi's binary is in it for the architecture of the
// machine it is built on; on every other the file works as well, without what koffi adds.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const project = join(import.meta.dirname, '../..');
const read = (path) => readFileSync(join(project, path));

const below = (directory) =>
  readdirSync(join(project, directory), { recursive: true })
    .map((name) => `${directory}/${name}`)
    .filter((path) => statSync(join(project, path)).isFile());

const KOFFI = 'node_modules/@koromix';
const native = existsSync(join(project, KOFFI))
  ? below(KOFFI).filter((path) => /\/linux_[^/]+\/koffi\.node$|\/package\.json$/.test(path))
  : [];
const paths = [
  'bin/package.json',
  'bin/syncguard',
  'package.json',
  'LICENSE',
  ...below('dist'),
  ...native,
].sort();
const contents = paths.map(read);
const whole = Buffer.concat(contents);
const sizes = paths.map((path, index) => [path, contents[index].length]);
const payload = gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(sizes)}\n`), whole]), { level: 9 });

const header = read('src/packaging/bundle-header')
  .toString()
  .replaceAll('@VERSION@', JSON.parse(read('package.json')).version)
  .replaceAll('@DIGEST@', createHash('sha256').update(whole).digest('hex'))
  .replaceAll('@FILES@', paths.join(' '))
  .replaceAll('@BYTES@', String(payload.length));
const target = join(process.argv[2] ?? project, 'syncguard');
writeFileSync(target, Buffer.concat([Buffer.from(header), payload]), { mode: 0o755 });
process.stdout.write(`${target}: ${paths.length} files, ${(statSync(target).size / 1024).toFixed(0)} KiB\n`);
