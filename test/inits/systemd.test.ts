import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteForUnit } from '../../src/formats/systemd-text.ts';
import { BEARS_ALL, RENDERERS, renderSystemdWrap, type ServicePlan } from '../../src/inits/index.ts';
import { parseWrappedUnit } from '../../src/inits/wrapped-unit.ts';
import { unitValues } from '../../src/profiles/unit-file.ts';

const PLAN: ServicePlan = {
  name: 'syncguard-dropboxd',
  program: '/usr/bin/syncguard',
  nodeDirectory: null,
  options: ['--on-refuse', 'wait', '--restart', 'on-failure'],
  command: ['dropboxd'],
  restart: 'on-failure',
  scope: 'system',
  user: 'ann',
  home: '/home/ann',
  trees: [],
  isMount: false,
  graceMs: 8_000,
  bearing: BEARS_ALL,
  notifies: 'guard',
};

const unitOf = (change: Partial<ServicePlan> = {}): string[] =>
  (RENDERERS.systemd({ ...PLAN, ...change }).files[0]?.content ?? '').split('\n');

const settings = (lines: readonly string[]): string[] => lines.filter((line) => !line.startsWith('#'));

describe('a systemd unit', () => {
  it('starts nothing again that was refused', () => {
    expect(unitValues(unitOf(), 'RestartPreventExitStatus')).toEqual(['75 126 127']);
    expect(unitValues(unitOf({ restart: 'never' }), 'Restart')).toEqual(['no']);
  });

  it('waits for READY where somebody can tell it, and holds up no boot meanwhile', () => {
    expect(unitValues(unitOf({ notifies: 'program' }), 'NotifyAccess')).toEqual(['all']);
    expect(unitValues(unitOf({ notifies: 'none' }), 'Type')).toEqual(['exec']);
    expect(unitValues(unitOf(), 'DefaultDependencies')).toEqual(['no']);
  });

  it('promises a watchdog where the guard itself can feed it, and to nobody who only passes READY on', () => {
    expect(
      (['guard', 'either', 'program', 'none'] as const).map((notifies) => [
        notifies,
        unitValues(unitOf({ notifies }), 'WatchdogSec'),
      ]),
    ).toEqual([
      ['guard', ['90']],
      ['either', ['90']],
      ['program', []],
      ['none', []],
    ]);
  });

  it('gives its guard longer to end than the guard gives its daemon', () => {
    for (const graceMs of [8_000, 60_000])
      expect(Number(unitValues(unitOf({ graceMs }), 'TimeoutStopSec')[0])).toBeGreaterThan(graceMs / 1_000);
  });

  it('leaves out what its machine does not bear, each line with the reason', () => {
    const lines = unitOf({ bearing: { ...BEARS_ALL, mounts: 'nobody may mount here' } });
    const gone = settings(unitOf()).filter((line) => !lines.includes(line));
    expect(gone).toContain('ProtectSystem=full');
    const said = lines.slice(
      lines.indexOf('# Left out, as nobody may mount here:') + 1,
      lines.indexOf('[Install]'),
    );
    expect(said.filter(Boolean)).toEqual(gone.map((line) => `#   ${line}`));
  });

  it('takes nothing from a mount that would hide it or fail it', () => {
    const kept = settings(unitOf({ isMount: true })).join('\n');
    expect(kept).not.toMatch(/^(Protect|Private|Restrict(Add|Name|Real|SUID)|NoNew|SystemCall|Capab|Lock)/m);
  });

  it('neither hides a tree in /tmp nor forbids the guard its cgroups or Node its compiler', () => {
    const lines = unitOf({ trees: ['/tmp/Sync'] });
    for (const key of ['PrivateTmp', 'ProtectControlGroups', 'MemoryDenyWriteExecute', 'ProtectHome'])
      expect(unitValues(settings(lines), key)).toEqual([]);
  });

  it('needs the mounts of its home and of every tree', () => {
    expect(unitValues(unitOf({ trees: ['/srv/a b'] }), 'RequiresMountsFor')).toEqual([
      '/home/ann "/srv/a b"',
    ]);
  });

  it("is in a user's manager a unit without what only the system's gives", () => {
    const lines = settings(unitOf({ scope: 'user' }));
    for (const key of ['User', 'OOMScoreAdjust', 'StateDirectory', 'RuntimeDirectory'])
      expect(unitValues(lines, key)).toEqual([]);
    expect(unitValues(lines, 'WantedBy')).toEqual(['default.target']);
  });
});

describe('a word of a unit', () => {
  /** As systemd reads a command line: quotes, C escapes, then %% and $$ (systemd.service(5)). */
  const read = (text: string): string => {
    const [, quoted] = /^"(.*)"$/s.exec(text) ?? [];
    const words = quoted ?? text;
    return words
      .replace(/\\x([0-9a-f]{2})|\\(["\\])/g, (_, code, sign) =>
        code === undefined ? sign : String.fromCharCode(Number.parseInt(code, 16)),
      )
      .replaceAll('%%', '%')
      .replaceAll('$$', '$');
  };

  it('comes back as it was, on one line, and leaves no specifier or variable to be read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (word) => {
        const text = quoteForUnit(word);
        expect(read(text)).toBe(word);
        expect(text).not.toMatch(/\n/);
        expect(text.replaceAll('%%', '').replaceAll('$$', '')).not.toMatch(/[%$]/);
      }),
    );
  });
});

const wrappedBy = (text: string): ReturnType<typeof parseWrappedUnit> =>
  parseWrappedUnit({
    unit: 'sync.service',
    scope: 'system',
    values: (key) => unitValues(text.split('\n'), key),
  });

const dropInOf = (text: string): string[] => {
  const wrapped = wrappedBy(text);
  if (!wrapped.ok) throw new Error(wrapped.error);
  return renderSystemdWrap({ ...PLAN, name: 'sync' }, wrapped.value).files[0]?.content.split('\n') ?? [];
};

describe('a drop-in', () => {
  it('keeps the original command as it is written, specifiers, variables and quotes', () => {
    const command = '/usr/bin/sync --home=%h -a "$ARGS" $DIR \'x y\' 100%%';
    const [line = ''] = unitValues(dropInOf(`ExecStart=-${command}`), 'ExecStart');
    expect(line.startsWith('-/bin/sh -c "')).toBe(true);
    expect(line.endsWith(` /usr/bin/syncguard ${command}`)).toBe(true);
  });

  it('leaves the $ of its own script alone where the original takes no variables', () => {
    expect(dropInOf('ExecStart=:/usr/bin/sync').join()).toContain('exec \\"$0\\" run');
    expect(dropInOf('ExecStart=/usr/bin/sync').join()).toContain('exec \\"$$0\\" run');
  });

  it.each([
    ['MemoryDenyWriteExecute=true', 'MemoryDenyWriteExecute=no'],
    ['ProtectControlGroups=yes', 'ProtectControlGroups=no'],
    ['ProcSubset=pid', 'ProcSubset=all'],
    ['SystemCallFilter=@basic-io', 'SystemCallFilter=@system-service'],
    ['RestrictAddressFamilies=AF_INET', 'RestrictAddressFamilies=AF_UNIX'],
    ['TimeoutStopSec=5', 'TimeoutStopSec=30'],
    ['TimeoutStopSec=1min 5s', null],
    ['SystemCallFilter=~@mount', null],
    ['Type=notify', 'NotifyAccess=all'],
    ['Type=notify\nWatchdogSec=30', 'WatchdogSec=0'],
    ['Type=dbus', 'TimeoutStartSec=infinity'],
  ])('changes of %s what a guard cannot live with', (said, line) => {
    const plain = dropInOf('ExecStart=/usr/bin/sync');
    const changed = settings(dropInOf(`ExecStart=/usr/bin/sync\n${said}`)).filter(
      (each) => !plain.includes(each),
    );
    if (line === null) expect(changed).toEqual([]);
    else expect(changed).toContain(line);
  });

  it.each([
    ['Type=forking\nExecStart=/usr/bin/sync', /Type=forking/],
    ['Type=simple', /no ExecStart=/],
    ['ExecStart=/bin/a\nExecStart=/bin/b', /has 2 ExecStart=/],
    ['ExecStart=@/bin/a b', /another name/],
    ['ExecStart=/bin/a ; /bin/b', /several commands/],
    ['ExecStart=/bin/a\nRootDirectory=/srv/os', /RootDirectory=/],
    ['ExecStart=/bin/a\nType=magic', /Type=magic/],
  ])('is not made for %j', (text, reason) => {
    const wrapped = wrappedBy(text);
    expect(wrapped.ok ? '' : wrapped.error).toMatch(reason);
  });
});
