import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Configuration, openConfiguration } from '../../src/companion/configuration.ts';
import type { Settings } from '../../src/domain/settings.ts';
import { readSettings } from '../../src/settings/settings-file.ts';

let place: string;
let file: string;
let said: string[];
let followed: Settings[];
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-configuration-'));
  file = join(place, 'c.toml');
  said = [];
  followed = [];
});
afterEach(() => rmSync(place, { recursive: true }));

const open = (): Configuration =>
  openConfiguration({
    read: () => readSettings({ explicitFile: file, env: {}, flags: { pause_at: '91%' } }),
    follow: (settings) => followed.push(settings),
    say: (level, text) => said.push(`${level} ${text.replaceAll(file, 'FILE')}`),
  });

describe('a configuration that changes', () => {
  it('is followed, and told with what was before; flags stay over it', () => {
    writeFileSync(file, 'stop_at = "95%"');
    const configuration = open();
    writeFileSync(file, 'stop_at = "94%"\npause_at = "80%"\nexclude = ["a"]');
    expect(configuration.reload()).toEqual({
      ok: true,
      value: { atOnce: ['stop_at "95%" -> "94%"'], nextStart: ['exclude [] -> ["a"]'] },
    });
    expect(followed).toMatchObject([{ stopAt: 0.94, pauseAt: 0.91, exclude: ['a'] }]);
    expect(said).toEqual([
      'info the configuration was read again: now stop_at "95%" -> "94%"; from the daemon\'s next start exclude [] -> ["a"]',
    ]);
    expect(configuration.standing()).toEqual({ trouble: null, waiting: ['exclude [] -> ["a"]'] });
    configuration.noteStart();
    expect(configuration.standing()).toEqual({ trouble: null, waiting: [] });
  });

  it('and is bad is said once, with file, line and key, and the one before is kept', () => {
    writeFileSync(file, 'stop_at = "94%"');
    const configuration = open();
    writeFileSync(file, '\nstop_att = "93%"');
    expect([configuration.reload().ok, configuration.reload().ok]).toEqual([false, false]);
    const trouble = 'FILE, line 2: stop_att is not a setting; did you mean stop_at?';
    expect(said).toEqual([
      `error ${trouble} (the configuration from before is kept; mend line 2 of FILE, then: syncguard config check FILE)`,
    ]);
    expect(configuration.standing().trouble?.replaceAll(file, 'FILE')).toBe(trouble);
    expect([configuration.settings?.stopAt, followed]).toEqual([0.94, []]);
    writeFileSync(file, 'stop_at = "94%"');
    expect(configuration.reload().ok).toBe(true);
    expect(said.slice(1)).toEqual(['info the configuration is good again']);
    expect(configuration.standing().trouble).toBeNull();
  });

  it('that is bad from the start is followed as soon as it is good', () => {
    writeFileSync(file, 'nonsense');
    const configuration = open();
    expect([configuration.settings, said.length]).toEqual([null, 1]);
    writeFileSync(file, 'stop_at = "93%"');
    configuration.reload();
    expect(followed).toMatchObject([{ stopAt: 0.93 }]);
  });
});
