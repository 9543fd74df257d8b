import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { BEARS_ALL, type InitName, RENDERERS, removalOf, type ServicePlan } from '../../src/inits/index.ts';

const PLAN: ServicePlan = {
  name: 'sync',
  program: '/usr/bin/syncguard',
  nodeDirectory: '/opt/node 22/bin',
  options: ['--on-refuse', 'wait'],
  command: ['dropboxd', "it's", '%x ;y', '$HOME'],
  restart: 'on-failure',
  scope: 'system',
  user: 'ann',
  home: '/home/ann b',
  trees: [],
  isMount: false,
  graceMs: 8_000,
  bearing: BEARS_ALL,
  notifies: 'guard',
};

const textsOf = (init: InitName, change: Partial<ServicePlan> = {}): string[] =>
  RENDERERS[init]({ ...PLAN, ...change }).files.map(({ content }) => content);

describe('the scripts of a service', () => {
  it.each(['openrc', 'runit', 's6'] as const)('of %s are good shell', (init) => {
    const scripts = textsOf(init).filter((text) => text.startsWith('#!'));
    for (const input of scripts) {
      const { status, stderr } = spawnSync('sh', ['-n'], { input, encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    }
    expect(scripts.length).toBeGreaterThan(0);
  });

  it.each(['runit', 's6'] as const)('of %s become its user, and hand every word on unchanged', (init) => {
    const [run = ''] = textsOf(init).filter((text) => text.includes('exec 2>&1'));
    // What it would become, printed instead.
    const input = run
      .replace(/^cd .*$/m, '')
      .replace(/^exec (chpst -u|s6-setuidgid)/m, "printf '%s\\n' $PATH -");
    const { stdout } = spawnSync('sh', [], { input, encoding: 'utf8' });
    expect(stdout.split('\n').slice(-11)).toEqual(
      ['-', 'ann', '/usr/bin/syncguard', 'run', '--on-refuse', 'wait', '--', ...PLAN.command, ''].slice(-11),
    );
    expect(stdout.startsWith('/opt/node\n22/bin:')).toBe(true);
  });

  it('of root become nobody else', () => {
    for (const init of ['runit', 's6', 'openrc'] as const)
      expect(textsOf(init, { user: 'root' }).join('\n')).not.toMatch(/^\s*(exec )?(chpst|s6-setuidgid|su) /m);
  });

  it('start nothing again when nothing is to be: whatever the status, and never after 75', () => {
    expect(textsOf('runit').join('\n')).toMatch(/^ {2}75 \| 126 \| 127\) exec sv down "\$PWD" ;;$/m);
    expect(textsOf('s6').join('\n')).toMatch(/^ {2}75 \| 126 \| 127\) exit 125 ;;$/m);
    expect(textsOf('s6', { restart: 'never' }).join('\n')).toMatch(/^ {2}\*\) exit 125 ;;$/m);
    expect(textsOf('supervisord').join('\n')).toMatch(/^exitcodes=.*\b75\b/m);
    expect(textsOf('supervisord', { restart: 'never' }).join('\n')).toMatch(/^autorestart=false$/m);
    // start-stop-daemon looks at no end.
    expect(textsOf('openrc').join('\n')).not.toContain('supervise');
  });
});

describe('the lines of a Dockerfile', () => {
  it('have each word as JSON, and COMMAND where another may take its place', () => {
    const [text = ''] = textsOf('container');
    const listOf = (key: string): unknown =>
      JSON.parse(new RegExp(`^${key} (.*)$`, 'm').exec(text)?.[1] ?? 'null');
    expect(listOf('ENTRYPOINT')).toEqual(['syncguard', 'run', '--on-refuse', 'wait', '--']);
    expect(listOf('CMD')).toEqual(PLAN.command);
  });
});

describe('a removal', () => {
  it('knows the files of every init, and tells each what is its own to know', () => {
    const remarks = (['systemd', 'openrc', 'runit', 's6', 'supervisord'] as const).map((init) => {
      const { before, after, remark } = removalOf(RENDERERS[init](PLAN).files[0]?.path ?? '');
      return [...before, ...after, remark].join('; ');
    });
    for (const remark of remarks) expect(remark).toMatch(/\bsync\b|supervisorctl update/);
    expect(new Set(remarks).size).toBe(remarks.length);
    expect(removalOf('/etc/systemd/system/a@b.service.d/syncguard.conf').before).toEqual([]);
  });
});
