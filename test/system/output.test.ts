import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { BINARY } from '../support/binary.ts';
import { hasProgram, isMet } from '../support/need.ts';

/** Runs a command with its output on a pipe that is full and does not block, and reads it only later. */
const FULL_PIPE = `
import os, subprocess, sys, time
reading, writing = os.pipe()
os.set_blocking(writing, False)
filled = 0
try:
    while True: filled += os.write(writing, b'.' * 4096)
except BlockingIOError:
    pass
child = subprocess.Popen(sys.argv[1:], stdout=writing)
os.close(writing)
time.sleep(0.5)
text = b''
while True:
    more = os.read(reading, 65536)
    if not more: break
    text += more
sys.stdout.buffer.write(text[filled:])
sys.exit(child.wait())
`;

describe('what a command prints', () => {
  it('arrives whole through a full pipe that does not block', () => {
    if (!isMet(hasProgram('python3'), 'a pipe that does not block needs python3')) return;
    const plain = execFileSync(BINARY, ['--help'], { encoding: 'utf8' });
    const late = execFileSync('python3', ['-c', FULL_PIPE, BINARY, '--help'], { encoding: 'utf8' });
    expect(late).toBe(plain);
  });

  it('is no error when the pager is closed, and one when the disk is full', () => {
    const shell = (line: string): number | null => spawnSync('bash', ['-c', line, BINARY]).status;
    expect(shell('set -o pipefail; { sleep 0.2; "$0" --help; } | true')).toBe(0);
    expect(shell('"$0" --help >/dev/full')).toBe(74);
  });
});
