import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rootsFound, rootsTrouble } from '../support/fixture-roots.ts';
import { WrittenMachine } from '../support/written-machine.ts';

let machine: WrittenMachine;
beforeEach(() => {
  machine = new WrittenMachine();
});
afterEach(() => machine.remove());

describe('rclone', () => {
  const at = (line: string) =>
    rootsFound('rclone', { sysroot: machine.root, argv: line.split(' '), env: { PWD: '/srv' } });

  it.each([
    ['rclone sync /srv/a remote:b', ['/srv/a'], 1],
    ['rclone --transfers 4 -v --use-mmap sync --exclude *.tmp remote:b a -P', ['/srv/a'], 1],
    ['rclone copy /srv/a /mnt/b', ['/srv/a'], 2],
    ['rclone bisync --resync :local:/srv/a :s3,provider=x:b', ['/srv/a'], 1],
    ['rclone sync -f -_*.tmp -- /srv/a:b ./c:d', ['/srv/a:b'], 2],
    ['rclone sync one:a two:b', [], 1],
  ])('takes %j at its word', (line, paths, sides) => {
    const id = line.includes('bisync') ? 'rclone-bisync' : 'rclone';
    const argv = line.split(' ').map((word) => word.replace('_', ' '));
    const result = rootsFound(id, { sysroot: machine.root, argv, env: { PWD: '/srv' } });
    expect([result.roots.map(({ path }) => path), result.sides]).toEqual([paths, sides]);
  });

  it('is one sentence without two ends', () => {
    expect(rootsTrouble('rclone', {}).reason).toMatch(/on its command line only/);
    expect(rootsTrouble('rclone', { sysroot: machine.root, argv: ['rclone', 'sync', '/a'] }).reason).toMatch(
      /has 1 ends here, not 2/,
    );
  });

  it('says which filters it could not apply', () => {
    expect(at('rclone sync --max-size 1M /a b:').roots[0]?.caveat).toBe(
      '--max-size not applied: what it leaves out is counted',
    );
    expect(at('rclone sync --filter *.tmp /a b:').roots[0]?.caveat).toMatch(/starts with neither/);
    expect(at('rclone sync --exclude [a /a b:').roots[0]?.caveat).toMatch(/a \[ is not closed/);
  });

  it('applies none of them where one may keep what another drops', () => {
    const [root] = at('rclone sync --exclude * --filter-from /none /a b:').roots;
    expect(root?.caveat).toBe(
      "rclone's filters are not applied: --filter-from /none could not be read whole",
    );
    expect(root?.ignore.prunesDirectory('x', 'x')).toBe(false);
    const [listed] = at('rclone sync --files-from /none /a b:').roots;
    expect(listed?.ignore.prunesDirectory('x', 'x')).toBe(false);
  });

  it('reads lists of files and stops at a depth', () => {
    machine.write('srv/list', '# books\na/b/c\n\n/d\n');
    const [named] = at('rclone sync --files-from list /a b:').roots;
    expect(['a', 'a/b', 'd', 'x'].filter((path) => named?.ignore.prunesDirectory(path, path))).toEqual([
      'd',
      'x',
    ]);
    expect(['a/b/c', 'd', 'e'].filter((path) => named?.ignore.skipsLeaf?.(path, path))).toEqual(['e']);
    const [shallow] = at('rclone sync --max-depth 2 /a b:').roots;
    expect(['a', 'a/b'].map((path) => shallow?.ignore.prunesDirectory(path, path))).toEqual([false, true]);
  });

  describe('with a remote that is on this machine', () => {
    beforeEach(() => {
      machine.write(
        'home/user/.config/rclone/rclone.conf',
        `[nas]\ntype = local\n[al]\ntype = alias\nremote = /srv/books\n[deep]\ntype = chunker\nremote = al:in\n
[cr]\ntype = crypt\nremote = al:secret\n[s3]\ntype = s3\n[over]\ntype = crypt\nremote = s3:bucket\n
[both]\ntype = union\nupstreams = /srv/a:ro s3:b nas:/srv/c\n[loop]\ntype = alias\nremote = loop:x\n
[named]\ntype = combine\nupstreams = "x=/srv/a" y=s3:\n`,
      );
    });

    it.each([
      ['nas:/srv/x', ['/srv/x']],
      ['al:', ['/srv/books']],
      ['al:in/side', ['/srv/books/in/side']],
      ['al,copy_links:in', ['/srv/books/in']],
      ['deep:er', ['/srv/books/in/er']],
      ['cr:x', ['/srv/books/secret']],
      ['both:', ['/srv/a', '/srv/c']],
      ['over:x', []],
      ['s3:x', []],
      ['loop:', []],
      ['unknown:x', []],
    ])('%s is %j', (end, paths) => {
      expect(at(`rclone sync ${end} s3:backup`).roots.map(({ path }) => path)).toEqual(paths);
    });

    it('applies no filters to names that are encrypted', () => {
      const [root] = at('rclone sync --exclude /x/** cr: s3:backup').roots;
      expect(root?.ignore.prunesDirectory('x', 'x')).toBe(false);
      expect(root?.caveat).toBe("rclone's filters are not applied: names are encrypted there");
    });

    it('takes another file, and variables over both', () => {
      machine.write('srv/other.conf', '[al]\ntype = alias\nremote = /other\n');
      const other = at('rclone --config other.conf sync al:x s3:b');
      expect(other.roots.map(({ path }) => path)).toEqual(['/other/x']);
      const env = { PWD: '/srv', RCLONE_CONFIG_MYNAS_TYPE: 'alias', RCLONE_CONFIG_MYNAS_REMOTE: '/mine' };
      const argv = ['rclone', 'sync', 'mynas:x', 's3:b'];
      const mine = rootsFound('rclone', { sysroot: machine.root, argv, env });
      expect(mine.roots.map(({ path }) => path)).toEqual(['/mine/x']);
    });

    it('pays twice where its other end is here, too', () => {
      expect(at('rclone sync al: nas:/backup').sides).toBe(2);
    });
  });
});
