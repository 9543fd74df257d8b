// The schema for editors, judged by a validator that knows nothing of ours.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { settingsJsonSchema } from '../../src/settings/json-schema.ts';
import { daemonLeaves, LEAVES, valueAt } from '../../src/settings/settings-leaves.ts';
import { parseSettingsTable } from '../../src/settings/settings-validation.ts';

const validate = new Ajv({ allErrors: true, strictTuples: false }).compile(settingsJsonSchema());
const FILE = join(import.meta.dirname, '../../fixtures/configuration/complete.toml');
const complete = parse(readFileSync(FILE, 'utf8'));

const accepts = (text: string): readonly [boolean, boolean] => {
  const data = parse(text);
  return [parseSettingsTable(data).ok, validate(data)];
};

describe('the schema for editors', () => {
  it('and syncguard itself accept the complete example', () => {
    expect(parseSettingsTable(complete)).toMatchObject({ ok: true });
    expect(validate(complete), JSON.stringify(validate.errors)).toBe(true);
  });

  it('has an example of every key, but for the rows of barriers and require, and tokens that are in files', () => {
    const plain = LEAVES.filter(
      ({ path }) => path[0] !== 'barriers' && path[0] !== 'require' && path.at(-1) !== 'token',
    );
    expect(plain.filter(({ path }) => valueAt(complete, path) === undefined)).toEqual([]);
    const daemons = [...daemonLeaves('syncthing'), ...daemonLeaves('mirrord')];
    const said = new Set(
      daemons.filter(({ path }) => valueAt(complete, path) !== undefined).map(({ path }) => path[2]),
    );
    expect(daemons.filter(({ path }) => !said.has(path[2]))).toEqual([]);
  });

  it('describes every key', () => {
    const { properties } = settingsJsonSchema() as { properties: Record<string, { description?: string }> };
    for (const [name, { description }] of Object.entries(properties)) expect(description, name).toMatch(/\w/);
  });

  it.each([
    'stop_at = "95 %"',
    'stop_at = "9.5%"',
    'grace = "0"',
    'grace = "1h 30min"',
    'lease = "1h30min"',
    'restart.if = "judged > 60%"',
    'restart.at = "*/5 0-6,22 1 jan-mar mon"',
    'restart.before = []',
    'barriers.memory = 5',
    'barriers.memory = "64MiB"',
    'barriers.numproc = "64"',
    'daemon."a b".sides = 2',
    'exclude = []',
    'companion = "off"',
    'alerts.events = []',
    'alerts.webhook.url = "http://[::1]:8080/a"',
    'alerts.webhook.token = "tk_!~"',
    'alerts.mail.to = ["a+b@example.org"]',
  ])('accepts %s, as syncguard does', (text) => {
    expect(accepts(text)).toEqual([true, true]);
  });

  it.each([
    'stop_at = 95',
    'stop_at = "95"',
    'stopat = "95%"',
    'on_refuse = "never"',
    'lease = 90',
    'lease = "5m"',
    'preserve_status = "yes"',
    'exclude = "a"',
    'exclude = [""]',
    'exclude = [1]',
    'restart = "always"',
    'alerts.events = ["crash"]',
    'alerts.webhook.url = "ftp://example.org"',
    'alerts.webhook.token = "a b"',
    'alerts.webhook.token_file = "token"',
    'alerts.cachet.component = 0',
    'alerts.mail.to = ["a@b, c@d"]',
    'alerts.mail.from = "Nas <a@b>"',
    'restart.at = "4:20"',
    'restart.before = ["sync"]',
    'restart.after = "/bin/true"',
    'barriers.memroy = 5',
    'barriers.memory = -1',
    'barriers.memory = "64MB"',
    'barriers.numproc = "3M"',
    'daemon.x.sides = 3',
    'daemon.x.tasks = 1.5',
    'daemon.x = 1',
  ])('refuses %s, as syncguard does', (text) => {
    expect(accepts(text)).toEqual([false, false]);
  });

  it('accepts every default and whatever is written back', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LEAVES), ({ path, key }) => {
        const example = valueAt(complete, path);
        const parsed = example === undefined ? null : key.kind.parse(example);
        if (parsed?.ok !== true) return;
        const written = key.kind.write(parsed.value);
        expect(key.kind.parse(written)).toEqual(parsed);
        const data = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), written);
        expect(validate(data), JSON.stringify(data)).toBe(true);
      }),
    );
  });
});
