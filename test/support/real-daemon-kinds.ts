// Syncthing and lsyncd, configured for one tree and this machine alone, and how to see that they have settled.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

export interface Prepared {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether its first pass over the tree is over, by what it logged. */
  hasPassed(log: string): boolean;
}

export interface DaemonKind {
  readonly id: 'syncthing' | 'lsyncd';
  /** Local trees it fills or reads: 2 where the target is here too. */
  readonly sides: number;
  /** Tasks that stay when it has settled; null: all that are projected. */
  readonly lastingTasks: number | null;
  prepare(tree: string, home: string): Promise<Prepared>;
}

export const SYNCTHING: DaemonKind = {
  id: 'syncthing',
  sides: 1,
  lastingTasks: null,
  async prepare(tree, home) {
    const [gui, listen] = [await freePort(), await freePort()];
    mkdirSync(join(tree, '.stfolder'), { recursive: true });
    const folder = `<folder id="f" label="f" path="${tree}" type="sendreceive" rescanIntervalS="3600" fsWatcherEnabled="true" fsWatcherDelayS="10"><filesystemType>basic</filesystemType><paused>false</paused></folder>`;
    writeFileSync(
      join(home, 'config.xml'),
      `<configuration version="36">${folder}
<gui enabled="true" tls="false"><address>127.0.0.1:${gui}</address><apikey>key</apikey></gui>
<options><listenAddress>tcp://127.0.0.1:${listen}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
<startBrowser>false</startBrowser><setLowPriority>false</setLowPriority><urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH></options></configuration>`,
    );
    return {
      command: ['syncthing', 'serve', '--no-browser', '--home', home],
      env: { HOME: home, STNODEFAULTFOLDER: '1', STNOUPGRADE: '1' },
      hasPassed: (log) => readFileSync(log, 'utf8').includes('Completed initial scan'),
    };
  },
};

export const LSYNCD: DaemonKind = {
  id: 'lsyncd',
  sides: 2,
  // Its three rsync processes have ended.
  lastingTasks: 1,
  async prepare(tree, home) {
    const target = `${tree}-target`;
    mkdirSync(target, { recursive: true });
    const config = join(home, 'lsyncd.conf.lua');
    writeFileSync(
      config,
      `settings { nodaemon = true }\nsync { default.rsync, source = '${tree}', target = '${target}' }\n`,
    );
    return {
      command: ['lsyncd', '-nodaemon', config],
      env: {},
      hasPassed: (log) => /Startup of .* finished/.test(readFileSync(log, 'utf8')),
    };
  },
};

export const DAEMON_KINDS: readonly DaemonKind[] = [SYNCTHING, LSYNCD];
