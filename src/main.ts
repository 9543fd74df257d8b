// Composition root of the command line: the only file here that touches process.argv, process.env and the exit status.

import { homedir } from 'node:os';
import { runProgram } from './surfaces/cli/program.ts';
import { type Descriptor, isTerminal, writeText } from './surfaces/cli/standard-output.ts';
import type { Terminal } from './surfaces/cli/terminal.ts';

// A pager that was closed, `| head`: nothing is left to say to anybody, and that is no error.
const say = (descriptor: Descriptor, text: string): void =>
  writeText(descriptor, text, (errno) => process.exit(errno === 'EPIPE' ? 0 : 74));

const isOutputTerminal = isTerminal(1);
const terminal: Terminal = {
  print: (text) => say(1, text),
  complain: (text) => say(2, text),
  environment: process.env,
  home: process.env['HOME'] ?? homedir(),
  isOutputTerminal,
  isErrorTerminal: isTerminal(2),
  columns: Math.min(100, isOutputTerminal ? process.stdout.columns : 100),
};

void runProgram(process.argv.slice(2), terminal).then((status) => {
  process.exitCode = status;
});
