// Tree shapes of people who sync: planted with real names, the same on every run.
import { closeSync, mkdirSync, openSync } from 'node:fs';

export const SHAPES = ['calibre', 'maildir', 'node_modules', 'flat', 'deep'] as const;
export type Shape = (typeof SHAPES)[number];

/** Plants about `entries` files and directories below `root`, which must not exist. */
export function plantShape(root: string, shape: Shape, entries: number): void {
  mkdirSync(root, { recursive: true });
  PLANTERS[shape](root, entries);
}

const touch = (path: string): void => closeSync(openSync(path, 'wx'));
const pad = (value: number, width: number): string => String(value).padStart(width, '0');

const PLANTERS: Readonly<Record<Shape, (root: string, entries: number) => void>> = {
  calibre: plantCalibre,
  maildir: plantMaildir,
  node_modules: plantModules,
  flat: (root, entries) => {
    for (let n = 0; n < entries; n++) touch(`${root}/IMG_${pad(n, 6)}.JPG`);
  },
  deep: plantChains,
};

/** Words with letters of two bytes, as a library of several languages has. */
const WORDS = [
  'Ombre',
  'Rivière',
  'The',
  'Größe',
  'Señales',
  'Jardin',
  'of',
  'Übung',
  'Lumière',
  'and',
  'Voyage',
];
const title = (n: number): string =>
  Array.from({ length: 2 + (n % 5) }, (_, word) => WORDS[(n * 7 + word * 3) % WORDS.length]).join(' ');

/** Author / title (id) / book, metadata, cover: every second entry's name is longer than a dentry holds. */
function plantCalibre(root: string, entries: number): void {
  const authors = Math.max(1, Math.round(entries / 17));
  for (let author = 0, book = 0; author < authors; author++) {
    const shelf = `${root}/Author ${title(author)} ${author}`;
    mkdirSync(shelf);
    for (let copies = 1 + (author % 7); copies > 0; copies--, book++) {
      const folder = `${shelf}/${title(book)} (${book})`;
      mkdirSync(folder);
      touch(`${folder}/${title(book)} - Author ${title(author)}.epub`);
      touch(`${folder}/metadata.opf`);
      touch(`${folder}/cover.jpg`);
    }
  }
}

/** Names of some 70 bytes, thousands to a folder. */
function plantMaildir(root: string, entries: number): void {
  const perFolder = 2000;
  for (let folder = 0; folder * perFolder < entries; folder++) {
    mkdirSync(`${root}/.Archive.${2000 + folder}/cur`, { recursive: true });
    for (let n = 0; n < Math.min(perFolder, entries - folder * perFolder); n++) {
      const id = 1_500_000_000 + folder * perFolder + n;
      touch(
        `${root}/.Archive.${2000 + folder}/cur/${id}.M${pad(n * 997, 6)}P${id % 32768}.mail.example.org,S=4711,W=4790:2,S`,
      );
    }
  }
}

/** Short names, six files a folder, scopes and nested packages. */
function plantModules(root: string, entries: number): void {
  for (let n = 0; n < Math.ceil(entries / 24); n++) {
    const pack = `${root}/@scope${n % 40}/package-${n}`;
    for (const folder of ['', '/dist', '/node_modules/inner']) {
      mkdirSync(`${pack}${folder}`, { recursive: true });
      for (const file of ['index.js', 'index.d.ts', 'index.js.map', 'package.json', 'README.md', 'LICENSE'])
        touch(`${pack}${folder}/${file}`);
    }
  }
}

/** Chains of fifty folders with one file each. */
function plantChains(root: string, entries: number): void {
  for (let chain = 0; chain < Math.ceil(entries / 100); chain++) {
    let path = `${root}/chain-${chain}`;
    for (let depth = 0; depth < 50; depth++) {
      mkdirSync(path);
      touch(`${path}/note.txt`);
      path += `/level-${depth}`;
    }
  }
}
