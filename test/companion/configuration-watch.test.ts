// Real directories under a real watcher, treated as editors, package managers and Kubernetes treat them.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchConfiguration } from '../../src/companion/configuration-watch.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-watch-'));
});
afterEach(() => rmSync(place, { recursive: true }));

/** Never within a test, or soon. */
const NEVER_MS = 3_600_000;

/** How many changes there were since; `change` is made again and again until the watch is seen to stand. */
async function watched(change: () => void, lookMs = NEVER_MS): Promise<() => number> {
  let changes = 0;
  await watchConfiguration({
    paths: [place, join(place, 'conf.d')],
    files: () => [join(place, 'config.toml'), join(place, 'conf.d/1.toml')],
    onChange: () => {
      changes += 1;
    },
    lookMs,
    say: (_, text) => expect.fail(text),
  });
  const prime = setInterval(change, 300);
  await expect.poll(() => changes, SOON).toBeGreaterThan(0);
  clearInterval(prime);
  await settled();
  const before = changes;
  return () => changes - before;
}

const SOON = { timeout: 30_000, interval: 50 };
/** Several times what a change takes to settle: whatever else would come has come. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 700));

const save = (text: string): void => {
  const [draft, file] = [join(place, '.config.toml.swp'), join(place, 'config.toml')];
  writeFileSync(draft, text);
  renameSync(draft, file);
  chmodSync(file, 0o640);
};

describe('a change of the configuration', () => {
  it('is one, however often a file is written, renamed and given a mode meanwhile', async () => {
    const changes = await watched(() => save(`a ${performance.now()}`));
    for (let count = 0; count < 50; count += 1) save(`b${count}`);
    await expect.poll(changes, SOON).toBe(1);
    await settled();
    expect(changes()).toBe(1);
    writeFileSync(join(place, 'config.toml'), 'in place');
    await expect.poll(changes, SOON).toBe(2);
    unlinkSync(join(place, 'config.toml'));
    await expect.poll(changes, SOON).toBe(3);
    save('again');
    await expect.poll(changes, SOON).toBe(4);
  });

  it('is none where a file beside it is touched', async () => {
    const changes = await watched(() => save(`a ${performance.now()}`));
    writeFileSync(join(place, 'notes.txt'), 'x');
    await settled();
    expect(changes()).toBe(0);
  });

  it('is seen where Kubernetes links another directory in place of the one before', async () => {
    let published = 0;
    const publish = (): void => {
      published += 1;
      const version = `..${published}`;
      mkdirSync(join(place, version));
      writeFileSync(join(place, version, 'config.toml'), version);
      symlinkSync(version, join(place, '..data_tmp'));
      renameSync(join(place, '..data_tmp'), join(place, '..data'));
    };
    publish();
    symlinkSync('..data/config.toml', join(place, 'config.toml'));
    const changes = await watched(publish);
    publish();
    await expect.poll(changes, SOON).toBe(1);
    publish();
    await expect.poll(changes, SOON).toBe(2);
  });

  it('is seen by a look where the directory was made after the watch', async () => {
    const changes = await watched(() => save(`a ${performance.now()}`), 100);
    mkdirSync(join(place, 'conf.d'));
    writeFileSync(join(place, 'conf.d/1.toml'), 'a');
    // Whether it is seen empty first is the clock's affair.
    await expect.poll(changes, SOON).toBeGreaterThan(0);
    await settled();
    const made = changes();
    rmSync(join(place, 'conf.d'), { recursive: true });
    await expect.poll(changes, SOON).toBe(made + 1);
  });
});
