// The commands that make a service of a guarded daemon: service print, install, uninstall, thaw.

import { SyncguardError } from '../../domain/error.ts';
import { INIT_NAMES } from '../../inits/index.ts';
import { type Choose, type Command, Option, optionsOf } from './command-tree.ts';
import type { InstallOptions } from './service-command.ts';
import { splitWords } from './service-words.ts';
import { COLOR_CHOICES } from './terminal.ts';

export function addService(program: Command, choose: Choose): void {
  const service = program
    .command('service')
    .description('make a service of it: systemd, OpenRC, runit, s6, supervisord, a container')
    .allowExcessArguments()
    .action(() => {
      const [word] = service.args;
      if (word === undefined) service.outputHelp();
      else
        throw new SyncguardError(
          'usage',
          `There is no command service ${word}; known are print, install, uninstall, thaw.`,
          'syncguard service --help',
        );
    });
  addPrint(service, choose);
  addInstall(service, choose);
  addUninstall(service, choose);
  addThaw(service, choose);
}

function addPrint(service: Command, choose: Choose): void {
  const print = planning(service.command('print').description('show the files, write nothing'));
  print.action((words: string[]) => {
    const { split, options } = readWords<InstallOptions>(words, print);
    choose(async (terminal) =>
      (await import('./service-command.ts')).runServicePrint(split, options, terminal),
    );
  });
}

function addInstall(service: Command, choose: Choose): void {
  const install = planning(
    service.command('install').description('write them; what was there is kept and comes back by uninstall'),
  ).option('--now', 'also enable and start it');
  install.action((words: string[]) => {
    const { split, options } = readWords<InstallOptions>(words, install);
    choose(async (terminal) =>
      (await import('./service-command.ts')).runServiceInstall(split, options, terminal),
    );
  });
}

function addUninstall(service: Command, choose: Choose): void {
  const uninstall = plain(
    service
      .command('uninstall')
      .description('put every file back as it was; a daemon that runs goes on, a paused one is let go on')
      .argument('[name]', 'of the service or its unit; none: the only one'),
  )
    .option('--wrap <unit>', 'the unit that the guard was put in front of')
    .option('--name <name>', 'of the service')
    .option('--root <dir>', 'what was written below DIR')
    .option('--force', 'also over what somebody else has written since')
    .option('--purge', 'also remove its state');
  uninstall.action((name: string | undefined) =>
    choose(async (terminal) =>
      (await import('./service-removal.ts')).runServiceUninstall(name, optionsOf(uninstall), terminal),
    ),
  );
}

function addThaw(service: Command, choose: Choose): void {
  const thaw = plain(
    service.command('thaw').description('let go on what a guard has left frozen that was killed'),
  );
  thaw.action(() =>
    choose(async (terminal) =>
      (await import('./service-removal.ts')).runServiceThaw(optionsOf(thaw), terminal),
    ),
  );
}

const WORDS_HELP = 'options of run, and the COMMAND with its arguments; none: the one installed daemon';

/** `--config` and its like are run's here, and go into the service. */
const planning = (command: Command): Command =>
  plain(command)
    .argument('[words...]', WORDS_HELP)
    .addOption(new Option('--init <name>', 'for this init instead of the detected one').choices(INIT_NAMES))
    .option('--user', 'a service of your own, by your systemd')
    .option('--as <user>', 'who a service of the system runs as (default: who called sudo)')
    .option('--wrap <unit>', 'put the guard in front of a systemd unit that is there already')
    .option('--name <name>', 'of the service (default: syncguard-COMMAND)')
    .option('--root <dir>', 'write below DIR, for a package or an image; touch nothing else')
    .allowUnknownOption()
    .passThroughOptions();

const plain = (command: Command): Command =>
  command
    .option('--json', 'one JSON object on stdout')
    .option('-q, --quiet', 'nothing but the exit status and errors')
    .addOption(new Option('--color <when>', 'colour the output').choices(COLOR_CHOICES).default('auto'))
    .option('--debug', 'show the stack of an error');

/** commander stops at the first word that it does not know; ours may stand behind it, too. */
function readWords<T>(
  words: readonly string[],
  command: Command,
): { split: ReturnType<typeof splitWords>; options: T } {
  const split = splitWords(words, command.options, process.cwd());
  command.parseOptions([...split.own]);
  return { split, options: optionsOf<T>(command) };
}
