// Plants the benchmark's trees, the same on every run: node test/bench/plant.mjs DIR [--scale 1] [--only ABCDE]
import { closeSync, existsSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** One leaf in a hundred is a symlink. */
const SYMLINK_EVERY = 100;

/** A linear congruential generator (Numerical Recipes' constants): the trees need variety, not randomness. */
function sequence(seed) {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

class Planter {
  directories = 0;
  leaves = 0;

  directory(path) {
    mkdirSync(path);
    this.directories++;
    return path;
  }

  leaf(path) {
    if (++this.leaves % SYMLINK_EVERY === 0) symlinkSync('elsewhere', path);
    else closeSync(openSync(path, 'wx'));
  }
}

const WORDS =
  'ombre rivière mémoire größe årstid señal jardin étoile forêt Übung kniga voyage naïveté lumière'.split(
    ' ',
  );
const title = (pick, words) => Array.from({ length: words }, () => WORDS[pick(WORDS.length)]).join(' ');

/** A library of e-books: author / title (number) / cover, metadata and formats; more than half the names are long. */
function library(root, scale, planter) {
  const pick = sequence(1);
  let book = 0;
  for (let author = 0; author < 15_000 * scale; author++) {
    const name = `${title(pick, 2)} ${author}`;
    const home = planter.directory(`${root}/${name}`);
    for (let n = 0; n < 4; n++) {
      const work = `${title(pick, 2 + pick(4))} (${++book})`;
      const folder = planter.directory(`${home}/${work}`);
      planter.leaf(`${folder}/cover.jpg`);
      planter.leaf(`${folder}/metadata.opf`);
      planter.leaf(`${folder}/${work} - ${name}.epub`);
      planter.leaf(`${folder}/${work} - ${name}.mobi`);
    }
  }
}

/** Packages with sources three deep: 40 directories and 300 leaves a package. */
function packages(root, scale, planter) {
  const pick = sequence(2);
  for (let number = 0; number < 1000 * scale; number++) {
    const home = planter.directory(`${root}/package-${number}`);
    const folders = [home];
    for (let n = 1; n < 40; n++) {
      const parent = folders[pick(Math.min(folders.length, 12))];
      folders.push(planter.directory(`${parent}/part${n}`));
    }
    for (let n = 0; n < 300; n++) planter.leaf(`${folders[pick(folders.length)]}/module-${n}.js`);
  }
}

function grid(root, { directories, leavesEach }, planter) {
  for (let d = 0; d < directories; d++) {
    const home = planter.directory(`${root}/folder-${d}`);
    for (let n = 0; n < leavesEach; n++) planter.leaf(`${home}/photo-${d}-${n}.jpg`);
  }
}

function flat(root, leaves, planter) {
  for (let n = 0; n < leaves; n++) planter.leaf(`${root}/message-${n}.eml`);
}

function mixed(root, scale, planter) {
  const pick = sequence(5);
  const folders = [root];
  for (let n = 0; n < 600 * scale; n++) {
    folders.push(planter.directory(`${folders[pick(folders.length)]}/folder ${n}`));
  }
  for (let n = 0; n < 4400 * scale; n++) planter.leaf(`${folders[pick(folders.length)]}/document ${n}.odt`);
}

const TREES = {
  A: (root, scale, planter) => library(root, scale, planter),
  B: (root, scale, planter) => packages(root, scale, planter),
  C: (root, scale, planter) => grid(root, { directories: 1000 * scale, leavesEach: 1000 }, planter),
  D: (root, scale, planter) => flat(root, 500_000 * scale, planter),
  E: (root, scale, planter) => mixed(root, scale, planter),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' }, only: { type: 'string', default: 'ABCDE' } },
});
const [place] = positionals;
if (place === undefined) throw new Error('usage: plant.mjs DIR [--scale N] [--only ABCDE]');
mkdirSync(place, { recursive: true });
for (const name of values.only) {
  const root = `${place}/${name}`;
  if (existsSync(`${root}.json`)) continue;
  const planter = new Planter();
  planter.directory(root);
  TREES[name](root, Number(values.scale), planter);
  const truth = { directories: planter.directories, leaves: planter.leaves };
  writeFileSync(`${root}.json`, JSON.stringify(truth));
  console.log(name, truth);
}
