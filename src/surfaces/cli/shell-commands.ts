// The commands that tell others what this command line is: completion for shells, the manual.

import { Argument, type Choose, type Command, type Run } from './command-tree.ts';
import type { Terminal } from './terminal.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const NAME_KINDS = ['daemons', 'guards'] as const;
export type NameKind = (typeof NAME_KINDS)[number];

export function addCompletion(program: Command, choose: Choose): void {
  program
    .command('completion')
    .description('a script that teaches your shell these commands, their options and their values')
    .addArgument(
      new Argument('<shell>', 'bash, zsh or fish; daemons or guards: the names they ask for').choices([
        ...SHELLS,
        ...NAME_KINDS,
      ]),
    )
    .addHelpText('after', COMPLETION_HELP)
    .action((asked: Shell | NameKind) =>
      choose(
        printed(async (terminal) =>
          asked === 'daemons' || asked === 'guards'
            ? (await import('./completion-names.ts')).renderNames(asked, terminal)
            : (await import('./completion-command.ts')).renderCompletion(asked, program),
        ),
      ),
    );
}

const COMPLETION_HELP = `
bash:  eval "$(syncguard completion bash)"       in ~/.bashrc
zsh:   source <(syncguard completion zsh)        in ~/.zshrc, after compinit
fish:  syncguard completion fish | source        in ~/.config/fish/config.fish

daemons: those with a profile, built in or configured; guards: those that run. The scripts ask for them at a TAB.`;

const printed =
  (render: (terminal: Terminal) => Promise<string>): Run =>
  async (terminal) => {
    terminal.print(await render(terminal));
    return 0;
  };

export function addMan(program: Command, choose: Choose): void {
  program
    .command('man')
    .description('the manual, for man: syncguard man | man -l -')
    .addArgument(
      new Argument('[section]', '1: the commands; 5: the configuration').choices(['1', '5']).default('1'),
    )
    .action((section: '1' | '5') =>
      choose(printed(async () => (await import('./man-command.ts')).renderManual(section, program))),
    );
}
