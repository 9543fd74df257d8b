import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/binary.ts';
import { isMet } from '../support/need.ts';
import { NODE_LINES, nodeOfLine } from '../support/node-lines.ts';

let scratch = '';
let tarball = '';

const run = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(command, args, { encoding: 'utf8', cwd: scratch, env: { ...process.env, ...env } });

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'syncguard-pack-'));
  const packed = run('npm', ['pack', ROOT, '--pack-destination', scratch, '--ignore-scripts']);
  expect(packed.status, packed.stderr).toBe(0);
  tarball = join(scratch, readdirSync(scratch).find((name) => name.endsWith('.tgz')) ?? '');
  mkdirSync(join(scratch, 'tree/books'), { recursive: true });
  writeFileSync(join(scratch, 'tree/books/one'), '');
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const npmProgram = (): string => {
  const root = run('npm', ['root', '-g']).stdout.trim();
  return join(root, 'npm/bin/npm-cli.js');
};

/** Packages that an install brought, and their bytes on disk. */
function installedSize(prefix: string): { packages: number; bytes: number } {
  const files = readdirSync(prefix, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const manifests = files.filter(
    (entry) => entry.name === 'package.json' && /node_modules\/(@[^/]+\/)?[^/]+$/.test(entry.parentPath),
  );
  const bytes = files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  return { packages: manifests.length, bytes };
}

describe('the packed program', () => {
  it('carries no install script and no dependency but the optional one', () => {
    const listed = run('tar', ['-xzOf', tarball, 'package/package.json']);
    const { scripts, dependencies = {}, optionalDependencies } = JSON.parse(listed.stdout);
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
    expect(dependencies).toEqual({});
    expect(Object.keys(optionalDependencies)).toEqual(['koffi']);
    const names = run('tar', ['-tzf', tarball]).stdout;
    expect(names).not.toMatch(/package\/(src|test|fixtures)\//);
    process.stdout.write(`tarball: ${(statSync(tarball).size / 1024).toFixed(0)} KiB\n`);
  });

  it.each(NODE_LINES)('installs and runs on Node %s without a build', (line) => {
    const node = nodeOfLine(line);
    if ('missing' in node) return void isMet(false, node.missing);
    const prefix = join(scratch, `prefix-${line}`);
    const env = { PATH: `${dirname(node.path)}:${process.env['PATH']}` };
    const installed = run(node.path, [npmProgram(), 'install', '--global', '--prefix', prefix, tarball], env);
    expect(installed.status, installed.stderr).toBe(0);
    const program = join(prefix, 'bin/syncguard');
    const estimated = run(program, ['estimate', join(scratch, 'tree'), '--json'], env);
    expect(estimated.status, estimated.stderr).toBe(0);
    expect(JSON.parse(estimated.stdout).census).toMatchObject({ files: 1, directories: 2 });
    const ended = run(program, ['run', '--tree', join(scratch, 'tree'), '--', 'sh', '-c', 'exit 7'], env);
    expect(ended.status, ended.stderr).toBe(7);
    const { packages, bytes } = installedSize(join(prefix, 'lib'));
    process.stdout.write(
      `Node ${line}: ${packages} packages, ${(bytes / 1024 / 1024).toFixed(1)} MiB installed\n`,
    );
    expect(packages).toBeLessThanOrEqual(4);
  });

  it('works without koffi, and says what is lost', () => {
    const prefix = join(scratch, 'prefix-plain');
    const installed = run('npm', ['install', '--global', '--prefix', prefix, tarball]);
    expect(installed.status, installed.stderr).toBe(0);
    // As on a machine for which koffi has no build: npm then leaves an optional package out.
    rmSync(join(prefix, 'lib/node_modules/syncguard/node_modules'), { recursive: true });
    const program = join(prefix, 'bin/syncguard');
    expect(run(program, ['estimate', join(scratch, 'tree')]).status).toBe(0);
    expect(run(program, ['doctor']).stdout).toMatch(/koffi is absent/);
  });

  it('lays the licences of what it bundles beside it', () => {
    const licences = readFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENCES.txt'), 'utf8');
    for (const name of ['commander', 'croner', 'fast-glob', 'pino', 'smol-toml', 'chokidar', 'execa'])
      expect(licences).toContain(`${name} `);
  });
});
