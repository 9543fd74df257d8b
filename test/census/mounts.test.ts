import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mountFence } from '../../src/census/mount-fence.ts';
import { parseMountinfo } from '../../src/formats/mountinfo.ts';
import { census, ENGINES } from '../support/engines.ts';
import { rootTest } from '../support/root-only.ts';
import { plantTree, temporaryDirectory } from '../support/trees.ts';

function mountPoints(): string[] {
  const parsed = parseMountinfo(readFileSync('/proc/self/mountinfo', 'latin1'));
  if (!parsed.ok) throw new Error(parsed.error.reason);
  return parsed.value.map(({ mountPoint }) => mountPoint);
}

function mounted(...parameters: string[]): Disposable {
  execFileSync('mount', parameters);
  return { [Symbol.dispose]: () => execFileSync('umount', [parameters.at(-1) ?? '']) };
}

describe.each(ENGINES)('mounts met by %s', (engine) => {
  rootTest(`another filesystem below the root is listed, not entered (${engine})`, async () => {
    using place = temporaryDirectory();
    plantTree(place.path, { a: { 'mount here': {}, mount: { x: 'file' } } });
    using _ = mounted('-t', 'tmpfs', 'syncguard-test', `${place.path}/a/mount here`);
    writeFileSync(`${place.path}/a/mount here/inside`, '');
    const counted = await census({ root: place.path, engine, mountPoints: mountPoints() });
    expect(counted).toMatchObject({ files: 1, directories: 3, excludedDirectories: 1, complete: true });
    expect(counted.mountPoints).toEqual([`${place.path}/a/mount here`]);
  });

  rootTest(`a tree bound into itself ends, though the device number is the same (${engine})`, async () => {
    using place = temporaryDirectory();
    const truth = plantTree(place.path, { a: { loop: {}, x: 'file' } });
    using _ = mounted('--bind', place.path, `${place.path}/a/loop`);
    const counted = await census({ root: place.path, engine, mountPoints: mountPoints() });
    expect(counted).toMatchObject({
      files: truth.files,
      directories: truth.directories - 1,
      excludedDirectories: 1,
    });
  });

  rootTest(
    `a filesystem that tells no entry types costs a stat for each entry, and the count says so (${engine})`,
    async () => {
      using place = temporaryDirectory();
      const image = `${place.path}/image`;
      const tree = `${place.path}/tree`;
      mkdirSync(tree);
      writeFileSync(image, '');
      truncateSync(image, 16 * 1024 * 1024);
      // ext4 without the filetype feature answers DT_UNKNOWN for every entry (get_dtype, fs/ext4/ext4.h).
      execFileSync('mkfs.ext4', ['-q', '-F', '-O', '^filetype', image]);
      using _ = mounted('-o', 'loop', image, tree);
      const truth = plantTree(tree, {
        a: { b: {}, x: 'file', 'raw-\xff': 'file', link: 'symlink', pipe: 'fifo' },
        'd-\xe9': { y: 'file' },
      });
      const counted = await census({ root: tree, engine });
      const lostAndFound = 1;
      expect(counted).toMatchObject({
        ...truth,
        directories: truth.directories + lostAndFound,
        nameBytes: expect.any(Number),
      });
      expect(counted.statted).toBe(
        truth.files + truth.symlinks + truth.other + truth.directories - 1 + lostAndFound,
      );
    },
  );
});

describe('the mount fence', () => {
  it('knows only mount points strictly below the root', () => {
    expect(mountFence('/srv', ['/', '/srv', '/srv2/x', '/proc'])).toBeNull();
    const fence = mountFence('/srv', ['/srv/a/b', '/srv/a']);
    expect(fence?.below.get('a')).toMatchObject({ isMountPoint: true });
    expect(fence?.below.get('a')?.below.get('b')).toMatchObject({ isMountPoint: true });
  });

  it('fences everything mounted when the root is /', () => {
    expect([...(mountFence('/', ['/', '/proc', '/dev/shm'])?.below.keys() ?? [])]).toEqual(['proc', 'dev']);
  });
});
