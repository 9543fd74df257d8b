// A real Syncthing, started with everything paused, released by a real companion as a gate of the test's choice allows.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GateRequest } from '../../src/formats/gate-request.ts';
import { type CompanionRun, companionStage, type Stage } from '../support/companion.ts';
import { daemonStage, until } from '../support/daemon-trees.ts';
import { freePort } from '../support/free-port.ts';
import { MANIFEST } from '../support/guard-records.ts';
import { hasProgram, isMet } from '../support/need.ts';

const isHere = isMet(hasProgram('syncthing'), 'syncthing is not installed');
const { place, children } = daemonStage();
let stage: Stage;
beforeAll(async () => {
  stage = await companionStage(MANIFEST);
});
afterAll(() => stage.remove());

/** A gate with room for so many files, that tells what each tree costs. */
const gateWithRoomFor = (files: number): string => `
const { readdirSync, writeSync } = require('fs');
const { trees } = JSON.parse(process.argv[2]);
const cost = trees.flatMap((tree) => readdirSync(tree)).length;
const body = JSON.stringify({ verdict: cost <= ${files} ? 'admit' : 'refuse', reason: 'fits', binding: '', profile: 'syncthing',
  enomemSafe: true, message: cost + ' files, room for ${files}.', hint: '', ownLimitBytes: null,
  terms: { unpinnedTouchedBytes: cost, pinnedBytes: 0 } });
const record = Buffer.alloc(4096);
record.write('SGGATE1 ' + body.length.toString(16).padStart(4, '0') + ' ' + body);
writeSync(3, record);`;

const FILES: Readonly<Record<string, number>> = { big: 40, small: 3, middle: 10, parked: 1 };

interface Syncthing {
  readonly home: string;
  readonly child: ChildProcess;
  /** Ids of the folders that run now. */
  readRunning(): Promise<string[]>;
}

async function startPaused(): Promise<Syncthing> {
  const home = join(place, 'home');
  const [gui, listen] = [await freePort(), await freePort()];
  const folders = Object.entries(FILES).map(([id, count]) => {
    const path = join(place, id);
    mkdirSync(join(path, '.stfolder'), { recursive: true });
    for (let file = 0; file < count; file += 1) writeFileSync(join(path, `${file}`), id);
    return `<folder id="${id}" label="${id}" path="${path}" type="sendreceive" rescanIntervalS="0"><paused>${id === 'parked'}</paused></folder>`;
  });
  mkdirSync(home);
  writeFileSync(
    join(home, 'config.xml'),
    `<configuration version="36">${folders.join('\n')}
<gui enabled="true" tls="true"><address>127.0.0.1:${gui}</address><apikey>key</apikey></gui>
<options><listenAddress>tcp://127.0.0.1:${listen}</listenAddress><globalAnnounceEnabled>false</globalAnnounceEnabled>
<localAnnounceEnabled>false</localAnnounceEnabled><relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled>
<startBrowser>false</startBrowser><urAccepted>-1</urAccepted><crashReportingEnabled>false</crashReportingEnabled>
<autoUpgradeIntervalH>0</autoUpgradeIntervalH></options></configuration>`,
  );
  return restart(home);
}

function restart(home: string): Syncthing {
  const child = spawn('syncthing', ['serve', '--no-browser', '--no-restart', '--paused', '--home', home], {
    stdio: 'ignore',
    env: { ...process.env, HOME: home, STMONITORED: 'yes', STNOUPGRADE: '1', STNODEFAULTFOLDER: '1' },
  });
  children.push(child);
  const readRunning = async (): Promise<string[]> => {
    const text = readFileSync(join(home, 'config.xml'), 'utf8');
    return [...text.matchAll(/<folder id="(\w+)"[\s\S]*?<paused>(\w+)<\/paused>/g)]
      .filter(([, , paused]) => paused === 'false')
      .map(([, id = '']) => id);
  };
  return { home, child, readRunning };
}

function accompany({ home }: Syncthing, room: number): CompanionRun {
  writeFileSync(join(dirname(stage.program), 'gate.cjs'), gateWithRoomFor(room));
  const gate: GateRequest = {
    mode: 'gate',
    trees: [],
    daemon: null,
    command: ['syncthing', 'serve', '--home', home],
    excludes: [],
    sysroot: null,
    platform: null,
    config: null,
    flags: {},
    canBrake: { kind: 'none', reason: '' },
    runningPid: null,
  };
  const folders = { gate, gateTimeoutMs: 60_000, onUnknown: 'start', isDegraded: true } as const;
  return stage.start({ daemon: 'syncthing', folders });
}

async function endOf({ child }: Syncthing): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

describe.runIf(isHere)('a Syncthing that was started with everything paused', () => {
  it('runs the folders that fit together, and after a restart the others too, but never what its user had paused', async () => {
    const first = await startPaused();
    // .stfolder is one of the entries that are counted.
    const companion = accompany(first, 16);
    await until('the release is over', () => companion.log().includes('paused:'));
    expect(companion.log().trimEnd().split('\n')).toEqual([
      "syncguard: Syncthing's folder small was released",
      "syncguard: Syncthing's folder middle was released",
      "syncguard: Syncthing's folder big stays paused: 56 files, room for 16.",
    ]);
    expect((await first.readRunning()).sort()).toEqual(['middle', 'small']);
    await companion.letGo();
    await endOf(first);

    const second = restart(first.home);
    const more = accompany(second, 1000);
    await until('big runs', async () => (await second.readRunning()).includes('big'));
    await until('the release is over', () => more.log().includes('big was released'));
    expect((await second.readRunning()).sort()).toEqual(['big', 'middle', 'small']);
    await more.letGo();
    await endOf(second);
  });
});
