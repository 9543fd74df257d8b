import { describe, expect, it } from 'vitest';
import { type Released, type ReleaseScene, releaseFolders } from '../../src/companion/release.ts';
import { TAKES_ANY } from '../../src/domain/end-terms.ts';
import { failure, success } from '../../src/domain/result.ts';
import type { GateRecord } from '../../src/formats/gate-record.ts';
import { ADMITTED } from '../support/installation.ts';

const COST: Readonly<Record<string, number>> = { '/big': 500, '/small': 10, '/middle': 100, '/odd': 0 };

interface Told {
  readonly unpaused: string[];
  readonly kept: (readonly string[])[];
  readonly said: string[];
}

/** Folders named like their paths; a gate with room for `room`; a daemon that settles after three looks. */
async function release(
  room: number,
  change: Partial<ReleaseScene> & { readonly pausedByUser?: readonly string[] } = {},
): Promise<Told & Released> {
  const told: Told = { unpaused: [], kept: [], said: [] };
  const ids = ['big', 'small', 'middle'];
  const released = await releaseFolders({
    control: {
      configPath: '/config.xml',
      api: { address: '127.0.0.1:1', isTls: false, apiKey: 'key' },
      folders: ids.map((id) => ({
        id,
        label: id,
        path: `/${id}`,
        paused: change.pausedByUser?.includes(id) === true,
      })),
      devices: [
        { id: 'PHONE', paused: false },
        { id: 'OLD', paused: true },
      ],
    },
    api: {
      ping: async () => true,
      unpause: async (kind, id) => {
        told.unpaused.push(`${kind} ${id}`);
        return success(null);
      },
      readFolderState: async () => 'idle',
    },
    ask: async (trees) => gateFor(trees, room),
    onUnknown: 'start',
    readHeldBack: () => [],
    writeHeldBack: (left) => told.kept.push(left),
    isCalm: () => true,
    say: (level, text) => told.said.push(`${level} ${text}`),
    pause: async () => {},
    ...change,
  });
  return { ...told, ...released };
}

function gateFor(trees: readonly string[], room: number): GateRecord {
  const cost = trees.reduce((sum, tree) => sum + (COST[tree] ?? 0), 0);
  return {
    ...ADMITTED,
    verdict: cost <= room ? 'admit' : 'refuse',
    message: cost <= room ? 'It fits.' : `${cost} does not fit in ${room}.`,
    terms: {
      platform: 'host',
      policy: { throttleAt: 0.85, pauseAt: 0.9, stopAt: 0.95 },
      barriers: {},
      unpinnedTouchedBytes: cost,
      pinnedBytes: 0,
      pinUnitBytes: 1,
      admitted: [],
      ownMemoryBytes: 0,
      graceMs: 8000,
      ends: TAKES_ANY,
      pausesItself: true,
      restartStatuses: [],
      degradeWords: null,
    },
  };
}

describe('a degraded start is released', () => {
  it('devices first, then folders, cheapest first, as far as all of them together fit', async () => {
    const { unpaused, released, heldBack, said } = await release(200);
    expect(unpaused).toEqual(['devices PHONE', 'folders small', 'folders middle']);
    expect([released, heldBack]).toEqual([['small', 'middle'], ['big']]);
    expect(said.at(-1)).toBe("warn Syncthing's folder big stays paused: 610 does not fit in 200.");
  });

  it('whole where everything fits, and nothing is said to stay', async () => {
    const { released, kept, said } = await release(1000);
    expect(released).toEqual(['small', 'middle', 'big']);
    expect(kept.at(-1)).toEqual([]);
    expect(said.filter((line) => line.startsWith('warn'))).toEqual([]);
  });

  it('never beyond what its user had paused, unless we had', async () => {
    const pausedByUser = ['small', 'middle'];
    expect((await release(1000, { pausedByUser })).released).toEqual(['big']);
    const all = await release(1000, { pausedByUser: ['big', 'small', 'middle'] });
    expect(all.said).toEqual(['warn every folder is paused in /config.xml: none is released']);
    const again = await release(1000, { pausedByUser, readHeldBack: () => ['middle', 'gone'] });
    expect(again.released).toEqual(['middle', 'big']);
  });

  it('with what is left to do written down before anything is changed, and after every folder', async () => {
    const order: string[] = [];
    await release(1000, {
      writeHeldBack: (ids) => order.push(`kept ${ids.join(' ')}`),
      api: {
        ping: async () => true,
        unpause: async (_, id) => {
          order.push(`unpaused ${id}`);
          return success(null);
        },
        readFolderState: async () => 'idle',
      },
    });
    expect(order).toEqual([
      'kept big small middle',
      'unpaused PHONE',
      'unpaused small',
      'kept middle big',
      'unpaused middle',
      'kept big',
      'unpaused big',
      'kept ',
    ]);
  });

  it('not at all while the guard acts, by a daemon that refuses, or by one that never answers', async () => {
    const acting = await release(1000, { isCalm: () => false });
    expect([acting.released, acting.said.at(-1)]).toEqual([
      [],
      "warn Syncthing's folders small, middle, big stay paused: the guard had to act meanwhile",
    ]);
    const api = {
      ping: async () => true,
      unpause: async () => failure('it answered 404'),
      readFolderState: async () => null,
    };
    expect((await release(1000, { api })).heldBack).toHaveLength(3);
    const silent = await release(1000, { api: { ...api, ping: async () => false } });
    expect(silent.said).toEqual([
      'error Syncthing does not answer on 127.0.0.1:1: every folder stays paused',
    ]);
    expect(silent.kept).toEqual([['big', 'small', 'middle']]);
  });

  it('on an unknown verdict only where --on-unknown says start', async () => {
    const ask = async (): Promise<GateRecord> => ({ ...ADMITTED, verdict: 'unknown', terms: null });
    expect((await release(0, { ask })).released).toHaveLength(3);
    expect((await release(0, { ask, onUnknown: 'refuse' })).released).toEqual([]);
  });
});
