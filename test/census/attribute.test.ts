import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDirectoryCalls } from '../../src/kernel/directory-calls.ts';
import { census, ENGINES } from '../support/engines.ts';
import { isMet } from '../support/need.ts';
import { plantTree, temporaryDirectory } from '../support/trees.ts';

const ATTRIBUTE = 'user.com.dropbox.ignored';

const TREE = {
  kept: { a: 'file', deep: { b: 'file' } },
  gone: { c: 'file', deep: { d: 'file' } },
  e: 'file',
} as const;

/** false: the filesystem has no attributes of users. */
function set(path: string, value: string): boolean {
  try {
    execFileSync(
      'python3',
      ['-c', 'import os,sys;os.setxattr(*sys.argv[1:3],sys.argv[3].encode())', path, ATTRIBUTE, value],
      {
        stdio: 'ignore',
      },
    );
    return true;
  } catch {
    return false;
  }
}

const canSet = ((): boolean => {
  using place = temporaryDirectory();
  return set(place.path, '1');
})();

const asking = { prunesDirectory: () => false, skipsLeaf: null, attribute: ATTRIBUTE };

describe.runIf(isMet(canSet, 'python3 and a temporary directory with user attributes'))(
  'a directory that leaves itself out',
  () => {
    const reads = loadDirectoryCalls().ok;

    it.runIf(isMet(reads, 'koffi')).each(['getdents64', 'auto'] as const)(
      'counts as an empty one by %s',
      async (engine) => {
        using place = temporaryDirectory();
        plantTree(place.path, TREE);
        set(join(place.path, 'gone'), '1');
        set(join(place.path, 'kept'), '0');
        set(join(place.path, 'kept/deep'), '11');
        set(join(place.path, 'e'), '1');
        set(place.path, '1');
        const counted = await census({ root: place.path, engine, exclusions: asking });
        expect(counted).toMatchObject({
          engine: 'getdents64',
          directories: 4,
          visitedDirectories: 4,
          files: 3,
          excludedDirectories: 1,
          isAttributeUnread: false,
          complete: true,
        });
      },
    );

    it.each(['readdir', 'async-readdir'] as const)('counts whole by %s, which says so', async (engine) => {
      using place = temporaryDirectory();
      plantTree(place.path, TREE);
      set(join(place.path, 'gone'), '1');
      const counted = await census({ root: place.path, engine, exclusions: asking });
      expect(counted).toMatchObject({ directories: 5, files: 5, isAttributeUnread: true });
    });

    it.each(ENGINES)('is not asked by %s when nobody asks', async (engine) => {
      using place = temporaryDirectory();
      plantTree(place.path, TREE);
      set(join(place.path, 'gone'), '1');
      const counted = await census({ root: place.path, engine });
      expect(counted).toMatchObject({ files: 5, isAttributeUnread: false });
    });
  },
);
