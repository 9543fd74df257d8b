import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSyncthingControl, type SyncthingControl } from '../../src/profiles/syncthing-control.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'syncguard-control-'));
  mkdirSync(join(home, '.config/syncthing'), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true }));

const GUI = '<gui enabled="true" tls="false"><address>127.0.0.1:8384</address><apikey>key</apikey></gui>';

function control(
  gui: string,
  { argv = ['syncthing'], env = {} }: { argv?: string[]; env?: Record<string, string> } = {},
): SyncthingControl | string {
  writeFileSync(
    join(home, '.config/syncthing/config.xml'),
    `<configuration version="36"><folder id="a" label="Books" path="~/books"><paused>false</paused><device id="IN-FOLDER"/></folder>
<folder id="b" path="/srv/b"><paused>true</paused></folder>
<device id="ME"><paused>false</paused></device><device id="OLD"><paused>true</paused></device>${gui}
<defaults><folder id="" path="~"/><device id=""><paused>false</paused></device></defaults></configuration>`,
  );
  const read = readSyncthingControl({ home, env, argv });
  return read.ok ? read.value : read.error;
}

describe('how Syncthing is released', () => {
  it('is read from its config.xml: its API, folders by absolute path, devices but not the template', () => {
    expect(control(GUI)).toEqual({
      configPath: join(home, '.config/syncthing/config.xml'),
      api: { address: '127.0.0.1:8384', isTls: false, apiKey: 'key' },
      folders: [
        { id: 'a', label: 'Books', path: join(home, 'books'), paused: false },
        { id: 'b', label: 'b', path: '/srv/b', paused: true },
      ],
      devices: [
        { id: 'ME', paused: false },
        { id: 'OLD', paused: true },
      ],
    });
  });

  it('is as the command line says, then the environment, then the file', () => {
    const api = (found: SyncthingControl | string): unknown => typeof found === 'object' && found.api;
    const env = { STGUIADDRESS: 'https://0.0.0.0:1', STGUIAPIKEY: 'e' };
    const argv = ['syncthing', 'serve', '--gui-address=unix:///run/st', '--gui-apikey', 'c'];
    expect(api(control(GUI, { env }))).toEqual({ address: '0.0.0.0:1', isTls: true, apiKey: 'e' });
    expect(api(control(GUI, { env, argv }))).toEqual({ address: '/run/st', isTls: false, apiKey: 'c' });
    expect(api(control(GUI.replace('tls="false"', 'tls="true"')))).toMatchObject({ isTls: true });
  });

  it('is not possible without an API, and that is said', () => {
    for (const gui of ['', GUI.replace('enabled="true"', 'enabled="false"'), GUI.replace('key</', '</')])
      expect(control(gui)).toContain('has no REST API switched on');
  });
});
