import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFilesystem } from '../../src/kernel/filesystem.ts';
import { bytesOfLatin1, latin1Of, temporaryDirectory } from '../support/trees.ts';

const ROOT = '21 1 8:1 / / rw - ext4 /dev/vda rw';

function recorded(mountinfo: string) {
  const directory = temporaryDirectory();
  mkdirSync(join(directory.path, 'proc/self'), { recursive: true });
  writeFileSync(join(directory.path, 'proc/self/mountinfo'), mountinfo);
  return directory;
}

const lowerIn = (options: string, mounts = ''): unknown => {
  using root = recorded(`${ROOT}\n${mounts}30 21 0:40 / /usr rw - overlay overlay rw,${options}\n`);
  const found = readFilesystem('/usr', root.path);
  return found.ok && [found.value.kind, found.value.lower];
};

describe('where a tree lies', () => {
  it('is what statfs says on the running machine', () => {
    const proc = readFilesystem('/proc/self', '');
    expect(proc.ok && [proc.value.kind, proc.value.type, proc.value.mountPoint]).toEqual([
      'other',
      'proc',
      '/proc',
    ]);
  });

  it('is what a recorded mountinfo says on a recorded machine, the deepest mount first', () => {
    using root = recorded(
      `${ROOT}\n22 21 8:2 / /usr rw - xfs /dev/vdb rw\n23 21 0:9 / /us rw - tmpfs t rw\n`,
    );
    const found = readFilesystem('/usr/bin', root.path);
    expect(found.ok && found.value).toEqual({ kind: 'xfs', type: 'xfs', lower: null, mountPoint: '/usr' });
  });

  it('follows symlinks and knows names that are not ASCII, typed or as bytes', () => {
    using place = temporaryDirectory();
    const typed = join(place.path, 'été');
    mkdirSync(typed);
    symlinkSync(typed, join(place.path, 'link'));
    const bytes = latin1Of(typed);
    mkdirSync(bytesOfLatin1(`${place.path}/\xff`));
    for (const path of [typed, bytes, join(place.path, 'link'), `${place.path}/\xff`])
      expect(readFilesystem(path, '').ok, path).toBe(true);
  });

  it('is a gap with its errno where there is nothing', () => {
    const found = readFilesystem('/nowhere/at/all', '');
    expect(!found.ok && found.error).toEqual({
      source: '/nowhere/at/all',
      reason: 'absent',
      detail: 'ENOENT',
    });
  });
});

describe('what lies below an overlay', () => {
  const disk = '22 21 8:2 / /var rw - xfs /dev/vdb rw\n';

  it('is where its lower directory lies, as lowerdir lists it or as the newer mount call does', () => {
    expect(lowerIn('lowerdir=/var/a:/b,upperdir=/u,workdir=/w', disk)).toEqual(['overlay', 'xfs']);
    expect(lowerIn('lowerdir+=/var/a,lowerdir+=/b', disk)).toEqual(['overlay', 'xfs']);
  });

  it('is looked for behind escaped colons and blanks', () => {
    const odd = '22 21 8:2 / /var/a:b\\040c rw - btrfs /dev/vdb rw\n';
    expect(lowerIn('lowerdir=/var/a\\:b\\040c/layer:/b', odd)).toEqual(['overlay', 'btrfs']);
  });

  it('is unknown where the layers lie outside this mount namespace, as in a container', () => {
    using root = recorded(
      '30 1 0:40 / / rw - overlay overlay rw,lowerdir=/var/lib/layers/a,upperdir=/var/lib/u\n',
    );
    const found = readFilesystem('/usr', root.path);
    expect(found.ok && [found.value.kind, found.value.lower]).toEqual(['overlay', null]);
  });
});
