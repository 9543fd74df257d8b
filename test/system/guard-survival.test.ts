// The guard in an exhausted container: three runs of each protection on this Node; test/bench/guard publishes many more.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runToEnd } from '../support/ending.ts';
import { isMet } from '../support/need.ts';
import { NODE_LINES, nodeOfLine } from '../support/node-lines.ts';

const PROJECT = join(import.meta.dirname, '../..');
const BENCH = join(PROJECT, 'test/bench/guard/survival.mjs');
const isHere = spawnSync(process.execPath, [BENCH, '--why-not'], { encoding: 'utf8' });

describe.runIf(isMet(isHere.status === 0, `no container to exhaust: ${isHere.stderr.trim()}`))(
  'a container without memory for 10 s',
  () => {
    for (const [protection, binary] of [
      ['locked', 'warm'],
      ['locked', 'cold'],
    ])
      it(`keeps no guard of three from stopping its daemon (${protection}, ${binary} binary)`, async () => {
        const cell = `${protection}-here-${binary}`;
        const { stdout, stderr } = await runToEnd(process.execPath, [
          BENCH,
          '--throwaway',
          '--cell',
          cell,
          '--runs',
          '3',
          '--parallel',
          '3',
        ]);
        expect(stdout + stderr).toContain(`${cell}: 3 of 3`);
      });
  },
);

describe("the guard's flags", () => {
  const launcher = readFileSync(join(PROJECT, 'bin/syncguard'), 'utf8');
  const flags = /^set -- (--[^"]*?) -- "\$0"/ms.exec(launcher)?.[1]?.split(/[\s\\]+/) ?? [];
  for (const line of NODE_LINES) {
    const node = nodeOfLine(line);
    it.runIf(isMet('path' in node, 'missing' in node ? node.missing : ''))(
      `are known to Node ${line}, which would not start with one it does not know`,
      () => {
        const path = 'path' in node ? node.path : '';
        expect(flags).toContain('--predictable');
        expect(spawnSync(path, [...flags, '--print', '1'], { encoding: 'utf8' })).toMatchObject({
          stdout: '1\n',
          stderr: '',
        });
      },
    );
  }
});
