// A home with a Syncthing folder, walls it is too large for, and a place for what fit remembers.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, type RunOptions, syncguard } from './binary.ts';
import { ORIGIN } from './library.ts';

export interface FitPlace {
  readonly path: string;
  readonly home: string;
  readonly tree: string;
  readonly config: string;
  /** Where the journal lies. */
  readonly journal: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The container of 2012 with this barrier of dcachesize: other tests' daemons are not in it. */
  tableWithBarrier(bytes: number): string;
  fit(words: readonly string[], options?: RunOptions): Ended;
  remove(): void;
}

/** So many books in 40 author folders of each library; the table of 2012 holds 385 KiB and takes 939 bytes a folder. */
export function fitPlace(libraries: Readonly<Record<string, number>>, port = 1): FitPlace {
  const path = mkdtempSync(join(tmpdir(), 'syncguard-fit-'));
  const home = join(path, 'home');
  const tree = join(home, 'Sync');
  for (const [library, books] of Object.entries(libraries))
    for (let book = 0; book < books; book += 1)
      mkdirSync(join(tree, library, `Author ${book % 40}`, `Book ${book}`), { recursive: true });
  mkdirSync(join(tree, '.stfolder'), { recursive: true });
  const config = join(home, '.config/syncthing/config.xml');
  mkdirSync(join(home, '.config/syncthing'), { recursive: true });
  writeFileSync(config, syncthingConfig(tree, port));
  const environment = { HOME: home, XDG_STATE_HOME: join(path, 'state') };
  return {
    path,
    home,
    tree,
    config,
    journal: join(path, 'state/syncguard/fit'),
    environment,
    tableWithBarrier(bytes) {
      const table = join(path, `table-${bytes}`);
      const row = /^(\s*dcachesize\s+\d+\s+\d+\s+)\d+(\s+)\d+/m;
      writeFileSync(table, readFileSync(ORIGIN, 'latin1').replace(row, `$1${bytes}$2${bytes}`));
      return table;
    },
    fit: (words, options = {}) =>
      syncguard(['fit', ...words], { ...options, env: { ...environment, ...options.env } }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A configuration that talks to nobody, as Syncthing 1.19 reads it. */
const syncthingConfig = (tree: string, port: number): string => `<configuration version="36">
    <!-- mine -->
    <folder id="sync" label="Sync" path="${tree}" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="true" fsWatcherDelayS="1">
        <filesystemType>basic</filesystemType>
    </folder>
    <gui enabled="true" tls="false"><address>127.0.0.1:${port}</address><apikey>key</apikey></gui>
    <options><listenAddress>tcp://127.0.0.1:0</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
    <localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
    <startBrowser>false</startBrowser><urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
    <autoUpgradeIntervalH>0</autoUpgradeIntervalH></options>
</configuration>
`;
