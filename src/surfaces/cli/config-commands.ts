// The commands about the configuration: config show, config check, config schema; alerts test, which tries a part of it.

import { SyncguardError } from '../../domain/error.ts';
import { type Choose, type Command, common, optionsOf } from './command-tree.ts';

export function addConfig(program: Command, choose: Choose): void {
  const config = program
    .command('config')
    .description('what the configuration says, and whether it is good')
    .allowExcessArguments()
    .action(() => {
      const [word] = config.args;
      if (word === undefined) config.outputHelp();
      else
        throw new SyncguardError(
          'usage',
          `There is no command config ${word}; known are show, check, schema.`,
          'syncguard config --help',
        );
    });
  common(
    config
      .command('show')
      .description('every setting and who said it: flag, variable, file and line, profile, default')
      .argument('[option...]', 'options of run that shall count: syncguard config show -- --stop-at 90%'),
  ).action((words: string[], _, command: Command) =>
    choose(async (terminal) =>
      (await import('./config-command.ts')).runConfigShow(words, optionsOf(command), terminal),
    ),
  );
  common(
    config
      .command('check')
      .description('whether it can be followed; exit 78 with file, line and key if not')
      .argument('[file]', 'this file alone; none: all that would be read'),
  ).action((file: string | undefined, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./config-command.ts')).runConfigCheck(file, optionsOf(command), terminal),
    ),
  );
  config
    .command('schema')
    .description('a JSON Schema of config.toml, for editors')
    .action(() =>
      choose(async (terminal) => (await import('./config-command.ts')).runConfigSchema(terminal)),
    );
}

export function addAlerts(program: Command, choose: Choose): void {
  const alerts = program
    .command('alerts')
    .description('who is told when the guard had to act')
    .allowExcessArguments()
    .action(() => {
      const [word] = alerts.args;
      if (word === undefined) alerts.outputHelp();
      else
        throw new SyncguardError(
          'usage',
          `There is no command alerts ${word}; known is test.`,
          'syncguard alerts --help',
        );
    });
  common(
    alerts
      .command('test')
      .description('send one marked alert, and show what each sink answered; exit 1 if one did not take it')
      .argument('[sink]', 'hook, webhook, cachet or mail; none: all that are configured'),
  ).action((sink: string | undefined, _, command: Command) =>
    choose(async (terminal) =>
      (await import('./alerts-command.ts')).runAlertsTest(sink, optionsOf(command), terminal),
    ),
  );
}
