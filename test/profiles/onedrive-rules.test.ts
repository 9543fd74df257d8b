import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileOnedriveRules } from '../../src/profiles/onedrive-rules.ts';
import { compileSyncList } from '../../src/profiles/sync-list.ts';

// From docs/usage.md; the program itself does nothing before its login.

function rules(settings: Record<string, string>, syncList: string | null = null) {
  const compiled = compileOnedriveRules({ settings: new Map(Object.entries(settings)), syncList });
  if (!compiled.ok) throw new Error(compiled.error);
  const name = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
  return {
    directories: (...paths: string[]) =>
      paths.filter((path) => compiled.value.prunesDirectory(path, name(path))),
    files: (...paths: string[]) => paths.filter((path) => compiled.value.skipsLeaf?.(path, name(path))),
    markers: compiled.value.markers,
  };
}

describe('onedrive leaves out', () => {
  it('folders of skip_dir by path or name, whatever their case', () => {
    const { directories } = rules({ skip_dir: 'Desktop|Documents/IISExpress|Documents/Visual Studio*|/Top' });
    expect(
      directories(
        'desktop',
        'a/DESKTOP',
        'Documents',
        'Documents/IISExpress',
        'a/Documents/IISExpress',
        'Documents/Visual Studio 2019',
        'Top',
        'a/Top',
      ),
    ).toEqual(['desktop', 'a/DESKTOP', 'Documents/IISExpress', 'Documents/Visual Studio 2019', 'Top']);
  });

  it('only whole paths from the root where matching is strict', () => {
    const { directories } = rules({ skip_dir: 'Desktop|/Top', skip_dir_strict_match: 'true' });
    expect(directories('Desktop', 'a/Desktop', 'Top', 'a/Top')).toEqual(['Top']);
  });

  it('temporary files by itself, and those of skip_file instead', () => {
    expect(rules({}).files('~a', 'b/.~lock', 'c.tmp', 'd.swp')).toEqual(['~a', 'b/.~lock', 'c.tmp']);
    const { files } = rules({ skip_file: '*.swp|Documents/config.xlaunch|myfile.ext' });
    expect(
      files('c.tmp', 'd.swp', 'x/D.SWP', 'Documents/config.xlaunch', 'a/myfile.ext', 'config.xlaunch'),
    ).toEqual(['d.swp', 'x/D.SWP', 'Documents/config.xlaunch', 'a/myfile.ext']);
  });

  it('dot files, and folders with .nosync, only when told so', () => {
    expect(rules({}).directories('.git')).toEqual([]);
    expect(rules({}).markers).toBeUndefined();
    const told = rules({ skip_dotfiles: 'true', check_nosync: 'true' });
    expect([told.directories('.git', 'a/.git', 'git'), told.files('.x', 'y')]).toEqual([
      ['.git', 'a/.git'],
      ['.x'],
    ]);
    expect(told.markers).toEqual(['.nosync']);
  });

  it('nothing by a mask that is no expression', () => {
    expect(compileOnedriveRules({ settings: new Map([['skip_dir', '[']]), syncList: null }).ok).toBe(false);
  });
});

describe('sync_list', () => {
  const list = `# comment
; another
!/Secret_data/*
!Documents/temp*
/Documents/
/Blender
/Work/Project*
`;
  const isLeftOut = compileSyncList(list, false);
  const left = (isDirectory: boolean, ...paths: string[]) =>
    paths.filter((path) => isLeftOut(path, isDirectory));

  it('keeps what it names, what lies above and what lies below', () => {
    expect(
      left(
        true,
        'Documents',
        'Documents/a',
        'Documents/temp1',
        'Work',
        'Work/Project 1/x',
        'Work/Other',
        'Music',
      ),
    ).toEqual(['Documents/temp1', 'Work/Other', 'Music']);
    expect(left(false, 'Documents/a', 'Documents/temp', 'root.txt', 'Blender/x')).toEqual([
      'Documents/temp',
      'root.txt',
    ]);
  });

  it('keeps files of the root when told so', () => {
    expect(compileSyncList(list, true)('root.txt', false)).toBe(false);
    expect(compileSyncList(list, true)('Music/x', false)).toBe(true);
  });

  it('prunes no folder where a rule may match anywhere', () => {
    const anywhere = compileSyncList('Cinema Soc\n*.pdf\n', false);
    expect([anywhere('a/b', true), anywhere('a/b.txt', false), anywhere('a/b.pdf', false)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(anywhere('a/Cinema Soc/x', false)).toBe(false);
  });

  it('leaves everything to an exception only before a rule that may keep it', () => {
    const late = compileSyncList('/Documents\n!/Documents/temp\n', false);
    expect(late('Documents/temp', true)).toBe(false);
    expect(compileSyncList('!/Documents/temp\n', false)('Music', true)).toBe(false);
  });

  it('of one more keeping rule never leaves out more', () => {
    const line = fc
      .tuple(
        fc.constantFrom('', '!', '-', '/', '!/'),
        fc.array(fc.constantFrom('a', 'b', '*', 'a*', '..'), { minLength: 1, maxLength: 3 }),
      )
      .map(([head, parts]) => head + parts.join('/'));
    const path = fc
      .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'));
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 4 }),
        line,
        path,
        fc.boolean(),
        (lines, more, asked, isDirectory) => {
          fc.pre(!/^[!-]/.test(more) && lines.some((each) => !/^[!-]/.test(each)));
          const before = compileSyncList(lines.join('\n'), false)(asked, isDirectory);
          const after = compileSyncList([...lines, more].join('\n'), false)(asked, isDirectory);
          expect(after && !before).toBe(false);
        },
      ),
    );
  });
});
