// `syncguard man`: the manual pages, from the tree of commands and the declaration of settings.

import { renderCommandPage } from '../manual/command-page.ts';
import { renderSettingsPage } from '../manual/settings-page.ts';
import type { Command } from './command-tree.ts';
import { describeCommand } from './described-command.ts';
import { VERSION } from './version.ts';

/** When the sentences of the pages were last looked through. */
const REVISED = '2026-11-25';

export function renderManual(page: '1' | '5', program: Command): string {
  const edition = { version: VERSION, date: REVISED };
  return page === '1' ? renderCommandPage(describeCommand(program), edition) : renderSettingsPage(edition);
}
