// `syncguard completion SHELL`: the script of one shell, from the tree of commands itself.

import { renderBashCompletion } from '../completion/bash.ts';
import type { CommandWords } from '../completion/command-words.ts';
import { renderFishCompletion } from '../completion/fish.ts';
import { renderZshCompletion } from '../completion/zsh.ts';
import type { Command } from './command-tree.ts';
import { describeCommand } from './described-command.ts';
import type { Shell } from './shell-commands.ts';

const RENDER_OF: Readonly<Record<Shell, (root: CommandWords) => string>> = {
  bash: renderBashCompletion,
  zsh: renderZshCompletion,
  fish: renderFishCompletion,
};

export const renderCompletion = (shell: Shell, program: Command): string =>
  RENDER_OF[shell](describeCommand(program));
