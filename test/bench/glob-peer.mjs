// The ways a JavaScript program usually counts: node glob-peer.mjs fast-glob|fdir DIR
import fastGlob from 'fast-glob';
import { fdir } from 'fdir';

const [way, root] = process.argv.slice(2);
let entries = 0;
if (way === 'fdir') {
  const counts = new fdir().withDirs().onlyCounts().crawl(root).sync();
  entries = counts.files + counts.directories;
} else {
  const options = { cwd: root, dot: true, onlyFiles: false, followSymbolicLinks: false };
  for await (const _ of fastGlob.stream('**', options)) entries++;
}
console.log(entries);
