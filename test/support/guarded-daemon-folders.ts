// A Syncthing with several folders, each of so many small files.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

export interface Folders {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Ids of those that are not paused, as Syncthing has written down. */
  readRunning(): string[];
}

const FILES_A_DIRECTORY = 20;

/** `files` by folder id; those in `paused` are as their user has paused them. */
export async function prepareFolders(
  place: { readonly parent: string; readonly home: string; readonly isWatched?: boolean },
  files: Readonly<Record<string, number>>,
  paused: readonly string[],
): Promise<Folders> {
  const [gui, listen] = [await freePort(), await freePort()];
  const folders = Object.entries(files).map(([id, count]) => {
    const path = join(place.parent, id);
    plantFolder(path, count);
    return `<folder id="${id}" label="${id}" path="${path}" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="${place.isWatched === true}" fsWatcherDelayS="10"><paused>${paused.includes(id)}</paused></folder>`;
  });
  const config = join(place.home, 'config.xml');
  writeFileSync(
    config,
    `<configuration version="36">${folders.join('\n')}
<gui enabled="true" tls="false"><address>127.0.0.1:${gui}</address><apikey>key</apikey></gui>
<options><listenAddress>tcp://127.0.0.1:${listen}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
<startBrowser>false</startBrowser><urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH></options></configuration>`,
  );
  return {
    command: ['syncthing', 'serve', '--no-browser', '--home', place.home],
    env: { HOME: place.home, STNODEFAULTFOLDER: '1', STNOUPGRADE: '1' },
    readRunning: () => runningIn(readFileSync(config, 'utf8')),
  };
}

function plantFolder(path: string, count: number): void {
  mkdirSync(join(path, '.stfolder'), { recursive: true });
  for (let n = 0; n < count; n += 1) {
    const directory = join(path, `Book ${Math.floor(n / FILES_A_DIRECTORY)}`);
    if (n % FILES_A_DIRECTORY === 0) mkdirSync(directory);
    writeFileSync(join(directory, `file-${n}.txt`), 'x');
  }
}

const runningIn = (config: string): string[] =>
  [...config.matchAll(/<folder id="(\w+)"[\s\S]*?<paused>(\w+)<\/paused>/g)]
    .filter(([, , paused]) => paused === 'false')
    .map(([, id = '']) => id)
    .sort();
