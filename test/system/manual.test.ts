import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { LEAVES } from '../../src/settings/settings-leaves.ts';
import { syncguard } from '../support/binary.ts';
import { hasProgram, isMet } from '../support/need.ts';

const page = (section: '1' | '5'): string => {
  const { status, stdout } = syncguard(['man', section]);
  expect(status).toBe(0);
  return stdout;
};

/** As somebody reads it: on a terminal of 80 columns, without overstriking. */
const read = (text: string): string => {
  const rendered = spawnSync('mandoc', ['-T', 'utf8', '-O', 'width=80'], { encoding: 'utf8', input: text });
  const parts = rendered.stdout.split('\b');
  return parts.map((part, index) => (index < parts.length - 1 ? part.slice(0, -1) : part)).join('');
};

const CHECKS: readonly (readonly [string, ...string[]])[] = [
  ['mandoc', '-T', 'lint', '-W', 'warning'],
  ['groff', '-man', '-ww', '-z', '-K', 'utf8'],
];

describe.each(['1', '5'] as const)('syncguard(%s)', (section) => {
  it.each(CHECKS)('is read by %s without a warning', (program, ...args) => {
    if (!isMet(hasProgram(program), `${program} is not installed`)) return;
    const checked = spawnSync(program, args, { encoding: 'utf8', input: page(section) });
    expect(checked).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });
});

describe('the manual', () => {
  it('has every command and every option that the help of each tells', () => {
    if (!isMet(hasProgram('mandoc'), 'mandoc is not installed')) return;
    const manual = read(page('1'));
    const commands = [...syncguard(['--help']).stdout.matchAll(/^ {2}([a-z]+) /gm)].map(
      ([, name = '']) => name,
    );
    expect(commands.length).toBeGreaterThan(15);
    for (const name of commands.filter((each) => each !== 'help')) {
      expect(manual).toContain(`syncguard ${name}`);
      const told = [...syncguard([name, '--help']).stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)];
      for (const [, option = ''] of told)
        expect([name, option, manual.includes(option)]).toEqual([name, option, true]);
    }
  });

  it('has every setting with its variable, and the tables by resource once', () => {
    if (!isMet(hasProgram('mandoc'), 'mandoc is not installed')) return;
    const manual = read(page('5'));
    const single = LEAVES.filter(({ path }) => !['require', 'barriers'].includes(path[0] ?? ''));
    for (const { name, path } of single) {
      expect(manual).toContain(name);
      expect(manual.replaceAll(/\s+/g, ' ')).toContain(`SYNCGUARD_${path.join('_').toUpperCase()}`);
    }
    expect(manual).toContain('barriers.RESOURCE');
    expect(manual).not.toContain('barriers.kmemsize');
  });

  it('shows quotes, dots and dashes as they are typed', () => {
    if (!isMet(hasProgram('mandoc'), 'mandoc is not installed')) return;
    expect(read(page('1'))).toContain("as in '20 4 * * *'");
    expect(read(page('1'))).toContain(
      'syncguard run --restart on-failure --on-refuse wait -- syncthing --no-browser',
    );
    expect(read(page('5'))).toContain('at = "20 4 * * *"');
  });
});
