import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../support/binary.ts';

let place = '';
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-start-'));
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(ROOT, part), join(place, part), { recursive: true });
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const state = (): string => join(place, 'state');
const run = (...args: string[]) =>
  spawnSync(join(place, 'bin/syncguard'), args, {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', HOME: place, STATE_DIRECTORY: state() },
  });
const schemaOf = (stdout: string): string => JSON.parse(stdout).schema;

describe('a start', () => {
  it('keeps what it compiled, and the next one answers the same with it', () => {
    const first = run('limits', '--json');
    const kept = readFileSync(join(state(), 'compiled-limits'));
    const second = run('limits', '--json');
    expect([first.status, second.status]).toEqual([0, 0]);
    expect(schemaOf(second.stdout)).toBe(schemaOf(first.stdout));
    expect(readFileSync(join(state(), 'compiled-limits'))).toEqual(kept);
  });

  it('never runs code of a program that was replaced, though it is as long', () => {
    run('limits', '--json');
    for (const directory of ['dist', 'dist/chunks']) {
      for (const name of readdirSync(join(place, directory)).filter((each) => each.endsWith('.cjs'))) {
        const file = join(place, directory, name);
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.replaceAll('syncguard/limits/1', 'syncguard/limits/9'));
      }
    }
    expect(schemaOf(run('limits', '--json').stdout)).toBe('syncguard/limits/9');
  });

  it('is as good with kept code that is cut short, and mends it', () => {
    run('limits', '--json');
    const path = join(state(), 'compiled-limits');
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length >> 1));
    expect(run('limits', '--json').status).toBe(0);
    expect(readFileSync(path).length).toBeGreaterThan(whole.length >> 1);
  });

  it('keeps nothing of a command that failed, or of none', () => {
    run('limits', '--no-such-option');
    run('nonsense');
    run('--version');
    const kept = existsSync(state()) ? readdirSync(state()) : [];
    expect(kept.filter((name) => name.startsWith('compiled'))).toEqual([]);
  });
});
