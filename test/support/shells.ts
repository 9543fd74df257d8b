// Interactive shells with syncguard's completions loaded, for a keyboard that is a test.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, syncguard } from './binary.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type ShellName = (typeof SHELLS)[number];

export interface Shell {
  readonly script: string;
  /** Starts it interactively. */
  readonly command: readonly string[];
}

/** What the typed `syncguard` does: it prints its words. */
const ECHO = `printf 'words='; printf '<%s>'`;

/** Writes the script of `name` and a start-up file into `directory`. */
export function writeShell(name: ShellName, directory: string): Shell {
  mkdirSync(directory, { recursive: true });
  const script = join(directory, `syncguard.${name}`);
  writeFileSync(script, syncguard(['completion', name]).stdout);
  return { script, command: COMMAND_OF[name](script, directory) };
}

type StartUp = (script: string, directory: string) => readonly string[];

const COMMAND_OF: Readonly<Record<ShellName, StartUp>> = {
  bash(script, directory) {
    const start = join(directory, 'start.bash');
    writeFileSync(start, `PS1='ready> '\nsource '${script}'\nsyncguard() { ${ECHO} "$@"; echo '=done'; }\n`);
    return ['bash', '--noprofile', '--rcfile', start, '-i'];
  },
  zsh(script, directory) {
    const start = `PS1='ready> '\nautoload -Uz compinit && compinit -D -u\nsource '${script}'\nsyncguard() { ${ECHO} "$@"; echo '=done'; }\n`;
    writeFileSync(join(directory, '.zshrc'), start);
    return ['env', `ZDOTDIR=${directory}`, 'zsh', '-d', '-i'];
  },
  fish(script, directory) {
    const start = join(directory, 'start.fish');
    const prompt =
      "function fish_prompt; echo 'ready> '; end\nfunction fish_title; end\nfunction fish_greeting; end\n";
    writeFileSync(
      start,
      `${prompt}source '${script}'\nfunction syncguard; ${ECHO} $argv; echo '=done'; end\n`,
    );
    return ['fish', '--no-config', '-i', '-C', `source '${start}'`];
  },
};

export interface TypingPlace {
  readonly cwd: string;
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The words that each typed line became; a TAB in it asks for completion. */
export function typeLines(
  { command }: Shell,
  lines: readonly string[],
  { cwd, home, environment = {} }: TypingPlace,
): string[][] {
  const program = join(import.meta.dirname, 'type-at-shell.py');
  const typed = spawnSync('python3', [program, cwd, ...command], {
    encoding: 'utf8',
    input: lines.map((line) => `${line}\n`).join(''),
    env: {
      ...environment,
      PATH: `${join(ROOT, 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: home,
      TERM: 'xterm',
      LC_ALL: 'C.UTF-8',
    },
  });
  if (typed.status !== 0) throw new Error(`${command.join(' ')}: ${typed.stderr}`);
  return typed.stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.slice(1, -1).split('><'));
}
