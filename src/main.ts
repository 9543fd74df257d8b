// Composition root of the command line: the only file here that touches process.argv, process.env and the exit status.

import { homedir } from 'node:os';
import { runProgram } from './surfaces/cli/program.ts';
import type { Terminal } from './surfaces/cli/terminal.ts';

// A pager that was closed, `| head`: nothing is left to say to anybody, and that is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 74);
  });
}

const terminal: Terminal = {
  print: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
  environment: process.env,
  home: process.env['HOME'] ?? homedir(),
  isOutputTerminal: process.stdout.isTTY === true,
  isErrorTerminal: process.stderr.isTTY === true,
  columns: Math.min(100, process.stdout.columns ?? 100),
};

void runProgram(process.argv.slice(2), terminal).then((status) => {
  process.exitCode = status;
});
