// The stand-in daemon against what is reported of the real one: each behaviour on the running program.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HEARTBEAT_FILE } from '../../src/surfaces/demo/stand-in/helper-group.ts';
import { until } from '../support/daemon-trees.ts';
import { hasProgram, isMet } from '../support/need.ts';
import { plantShape } from '../support/shapes.ts';
import {
  askStandIn,
  processesOf,
  type RunningStandIn,
  type StandInRoom,
  standInRoom,
  startStandIn,
  upToDate,
  watchesOf,
} from '../support/stand-in.ts';
import { evenTree, plantTree } from '../support/trees.ts';

let room: StandInRoom;
beforeEach(async () => {
  room = await standInRoom();
});
afterEach(() => room.remove());

const pidOf = ({ child }: RunningStandIn): number => child.pid ?? 0;
const pidFile = (): string => readFileSync(join(room.state, 'dropbox.pid'), 'utf8');
const statusField = (pid: number, name: string): string =>
  new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
const isThere = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe('the launcher', () => {
  it('becomes the versioned daemon: one process, in the foreground, named dropbox, with its pid in the pid file', async () => {
    const running = startStandIn(room);
    await upToDate(running);
    expect(statusField(pidOf(running), 'Name')).toBe('dropbox');
    expect(readFileSync(`/proc/${pidOf(running)}/cmdline`, 'utf8')).toMatch(/^dropbox\0*/);
    expect(pidFile()).toBe(String(pidOf(running)));
    expect(processesOf(room.path)).toEqual([pidOf(running)]);
  });

  it('writes the pid file at once, the sockets later, and info.json only when linked', async () => {
    const running = startStandIn(room, '--socket-after', '600', '--unlinked');
    await until('there is a pid file', () => existsSync(join(room.state, 'dropbox.pid')));
    expect(existsSync(join(room.state, 'command_socket'))).toBe(false);
    await until('the sockets are there', () => existsSync(join(room.state, 'iface_socket')));
    expect(readdirSync(room.state).sort()).toEqual(['command_socket', 'dropbox.pid', 'iface_socket']);
    running.child.kill('SIGKILL');
    await running.ended;
    await upToDate(startStandIn(room));
    expect(JSON.parse(readFileSync(join(room.state, 'info.json'), 'utf8')).personal.path).toBe(room.tree);
  });

  it('refuses a switch it does not know, with 64', () => {
    const ended = spawnSync(room.launcher, ['--pause'], { encoding: 'utf8' });
    expect([ended.status, ended.stderr]).toEqual([64, expect.stringContaining('--pause')]);
  });
});

describe('the scan', () => {
  it('looks at every entry and keeps one watch per directory, files none, as the kernel counts them', async () => {
    const truth = plantTree(room.tree, evenTree(30, 20));
    const running = startStandIn(room);
    const { files, directories, watches, touched, errors } = await upToDate(running);
    expect({ files, directories, errors }).toEqual({ files: 600, directories: truth.directories, errors: 0 });
    expect(touched).toBeGreaterThanOrEqual(630);
    expect(watches).toBe(truth.directories);
    expect(watchesOf(pidOf(running))).toBe(truth.directories);
  });

  it('is breadth first, lstats each entry, and lists before it watches', async () => {
    if (!isMet(hasProgram('strace'), 'strace shows the order of calls')) return;
    plantTree(room.tree, { a: { deep: { leaf: 'file' } }, b: { leaf: 'symlink' } });
    const log = join(room.path, 'calls');
    const traced = spawnSync(
      'strace',
      ['-f', '-qq', '-o', log, '-e', 'trace=%lstat,%stat,statx,newfstatat,inotify_add_watch'].concat(
        ['timeout', '--preserve-status', '-s', 'TERM', '3', room.launcher],
        room.words,
      ),
    );
    expect(traced.status).toBe(0);
    const seen = readFileSync(log, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const call = line.includes('inotify_add_watch') ? 'watch' : 'look';
        const path = new RegExp(`"${room.tree}/?([^"]*)"`).exec(line)?.[1];
        return path === undefined ? [] : [`${call} ${path}`];
      });
    const first = (what: string): number => seen.indexOf(what);
    const order = [
      'look a',
      'look b',
      'look a/deep',
      'look b/leaf',
      'look a/deep/leaf',
      'watch ',
      'watch a/deep',
    ];
    expect(order.map(first).every((at, n, all) => at >= 0 && (n === 0 || at > (all[n - 1] ?? 0)))).toBe(true);
    expect(seen).not.toContain('watch a/deep/leaf');
  });

  it('watches folders that come later, and lets go of those that went', async () => {
    const running = startStandIn(room);
    await upToDate(running);
    plantShape(join(room.tree, 'Calibre'), 'calibre', 600);
    const count = (): number => Number(execFileSync('sh', ['-c', `find '${room.tree}' -type d | wc -l`]));
    await until('all are watched', () => watchesOf(pidOf(running)) === count());
    execFileSync('rm', ['-rf', join(room.tree, 'Calibre')]);
    await until('one is left', () => watchesOf(pidOf(running)) === 1);
    expect(await askStandIn(room.state, 'get_dropbox_status')).toEqual(['ok', 'status\tUp to date']);
  });

  it('takes no watch under --watch none', async () => {
    plantTree(room.tree, evenTree(5, 5));
    const running = startStandIn(room, '--watch', 'none');
    expect((await upToDate(running)).directories).toBe(6);
    expect(watchesOf(pidOf(running))).toBe(0);
  });

  it('reads and hashes every file under --read, and says how many remain', async () => {
    mkdirSync(join(room.tree, 'books'));
    for (let n = 0; n < 40; n += 1) writeFileSync(join(room.tree, 'books', String(n)), 'x'.repeat(5000));
    const running = startStandIn(room, '--read');
    const last = await upToDate(running);
    expect(last.readBytes).toBe(200_000);
    const said = [...new Set(running.reports.map(({ status }) => status))];
    expect(said).toEqual([
      'Starting...',
      'Indexing 0 files...',
      'Syncing (40 files remaining)',
      'Up to date',
    ]);
  });

  it('slowed by --delay-per-file answers meanwhile how far it is', async () => {
    plantTree(room.tree, evenTree(1, 400));
    startStandIn(room, '--delay-per-file', '5');
    await until('there is a socket', () => existsSync(join(room.state, 'iface_socket')));
    const [, status] = await askStandIn(room.state, 'get_dropbox_status');
    expect(status).toMatch(/^status\tIndexing \d+ files\.\.\.$/);
  });

  it('after KILL costs the same again: nothing is remembered', async () => {
    plantTree(room.tree, evenTree(10, 10));
    const first = startStandIn(room);
    const { touched } = await upToDate(first);
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await upToDate(startStandIn(room))).touched).toBe(touched);
  });

  it('takes a shuffled order the same way twice, and another one by another seed', async () => {
    plantTree(room.tree, { a: {}, b: {}, c: {}, d: {}, e: {}, f: {}, g: {} });
    const orderOf = async (seed: string): Promise<string> => {
      const running = startStandIn(room, '--order', 'shuffled', '--seed', seed);
      await upToDate(running);
      const fd = readdirSync(`/proc/${pidOf(running)}/fdinfo`)
        .map((name) => readFileSync(`/proc/${pidOf(running)}/fdinfo/${name}`, 'utf8'))
        .find((text) => text.includes('inotify wd:'));
      running.child.kill('SIGTERM');
      await running.ended;
      return (fd?.match(/wd:\S+ ino:\S+/g) ?? []).join();
    };
    expect(await orderOf('7')).toBe(await orderOf('7'));
    expect(await orderOf('7')).not.toBe(await orderOf('8'));
  });
});

describe('without watches left', () => {
  it('says so once, carries on, and keeps what it has', async () => {
    const limit = ['unshare', '--user', '--map-root-user', 'sh', '-c'];
    const script = 'echo 20 >/proc/sys/user/max_inotify_watches && exec "$@"';
    const probe = spawnSync(limit[0] ?? '', [...limit.slice(1), script, 'sh', 'true']);
    if (!isMet(probe.status === 0, 'a user namespace with few watches can be made')) return;
    plantTree(room.tree, evenTree(60, 2));
    const wrapper = join(room.path, 'limited');
    const words = [...limit, script, 'sh', room.launcher].map((word) => `'${word}'`).join(' ');
    writeFileSync(wrapper, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
    const running = startStandIn({ ...room, launcher: wrapper });
    const last = await upToDate(running);
    expect([last.files, last.watches]).toEqual([120, 20]);
    expect(running.output().match(/Unable to monitor entire Dropbox folder hierarchy/g)).toHaveLength(1);
    expect(isThere(pidOf(running))).toBe(true);
  });
});

describe('its size', () => {
  it('is the base and so much per file', async () => {
    plantTree(room.tree, evenTree(10, 100));
    const running = startStandIn(room, '--rss-base', '120000000', '--rss-per-file', '50000');
    await upToDate(running);
    const rssBytes = Number.parseInt(statusField(pidOf(running), 'RssAnon'), 10) * 1024;
    expect(rssBytes).toBeGreaterThan(110_000_000);
    expect(rssBytes).toBeLessThan(210_000_000);
  });

  it('grows at --anon-rate up to --anon-limit', async () => {
    const running = startStandIn(room, '--anon-rate', '200000000', '--anon-limit', '60000000');
    const rss = (): number => Number.parseInt(statusField(pidOf(running), 'RssAnon'), 10) * 1024;
    await upToDate(running);
    await until('it has grown', () => rss() > 57_000_000);
    expect(rss()).toBeLessThan(120_000_000);
  });

  it('is as many tasks as asked for', async () => {
    const running = startStandIn(room, '--threads', '40');
    await upToDate(running);
    expect(statusField(pidOf(running), 'Threads')).toBe('40');
  });
});

describe('pinning without a pause', () => {
  it('watches and opens every entry', async () => {
    const truth = plantTree(room.tree, evenTree(20, 30));
    const running = startStandIn(room, '--watch', 'none', '--pin-rate', '--grow-after', '0');
    const entries = truth.directories + truth.files;
    const pinned = await running.reported('everything is pinned', ({ watches }) => watches === entries);
    expect(pinned.openFiles).toBe(entries);
    expect(watchesOf(pidOf(running))).toBe(entries);
  });
});

describe('the command socket', () => {
  it('answers status and ignore set, ignores what is added, and refuses what it does not know', async () => {
    plantTree(room.tree, evenTree(4, 4));
    const running = startStandIn(room);
    await upToDate(running);
    const ignored = join(room.tree, 'branch-2');
    expect(await askStandIn(room.state, 'get_ignore_set')).toEqual(['ok', 'ignore_set']);
    expect(await askStandIn(room.state, 'ignore_set_add', `paths\t${ignored}`)).toEqual([
      'ok',
      `added\t${ignored}`,
    ]);
    expect(await askStandIn(room.state, 'get_ignore_set')).toEqual(['ok', `ignore_set\t${ignored}`]);
    await expect.poll(() => watchesOf(pidOf(running))).toBe(4);
    expect(await askStandIn(room.state, 'pause')).toEqual(['notok', 'unknown command pause']);
  });

  it('ends it on tray_action_hard_exit, as TERM does', async () => {
    const running = startStandIn(room);
    await upToDate(running);
    expect(await askStandIn(room.state, 'tray_action_hard_exit')).toEqual(['ok']);
    expect(await running.ended).toEqual({ status: 0, signal: null });
    expect(existsSync(join(room.state, 'command_socket'))).toBe(false);
  });
});

describe('its end', () => {
  it('by TERM is 0, and takes sockets and pid file with it', async () => {
    const running = startStandIn(room);
    await upToDate(running);
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ status: 0, signal: null });
    expect(readdirSync(room.state)).toEqual(['info.json']);
  });

  it('by KILL leaves all of them, and the next start replaces the stale ones', async () => {
    const running = startStandIn(room);
    await upToDate(running);
    await until('there are sockets', () => existsSync(join(room.state, 'iface_socket')));
    running.child.kill('SIGKILL');
    expect(await running.ended).toEqual({ status: null, signal: 'SIGKILL' });
    expect(readdirSync(room.state)).toHaveLength(4);
    await upToDate(startStandIn(room));
    await until('it answers', () =>
      askStandIn(room.state, 'get_dropbox_status').then(
        () => true,
        () => false,
      ),
    );
  });

  it('comes with that of its watcher under --ends-with-stdin', async () => {
    const running = startStandIn(room, '--ends-with-stdin');
    await upToDate(running);
    running.child.stdin?.end();
    expect(await running.ended).toEqual({ status: 0, signal: null });
  });

  it('by STOP is none: its watches stay', async () => {
    plantTree(room.tree, evenTree(9, 1));
    const running = startStandIn(room);
    await upToDate(running);
    running.child.kill('SIGSTOP');
    await until('it stands', () => statusField(pidOf(running), 'State').startsWith('T'));
    expect(watchesOf(pidOf(running))).toBe(10);
    running.child.kill('SIGCONT');
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ status: 0, signal: null });
  });
});

describe('its modes', () => {
  it('update: it unpacks a version, starts that in a session of its own, and ends with 0', async () => {
    const running = startStandIn(room, '--mode=update', '--update-after', '300');
    await until('the pid file changes', () => {
      const now = existsSync(join(room.state, 'dropbox.pid')) ? pidFile() : '';
      return now !== '' && now !== String(pidOf(running));
    });
    expect(await running.ended).toEqual({ status: 0, signal: null });
    const successor = Number(pidFile());
    expect(statusField(successor, 'Name')).toBe('dropbox');
    expect(readFileSync(`/proc/${successor}/stat`, 'utf8').split(') ')[1]?.split(' ')[3]).toBe(
      String(successor),
    );
    expect(processesOf(room.path)).toEqual([successor]);
    const versions = readdirSync(join(room.path, 'dropbox dist')).filter((name) =>
      name.startsWith('dropbox-'),
    );
    expect(versions.sort()).toEqual(['dropbox-lnx.x86_64-1.4.0', 'dropbox-lnx.x86_64-1.4.1']);
    await running.reported('the successor reports', ({ pid }) => pid === successor);
  });

  it('wrongpid: its pid file holds 2', async () => {
    await upToDate(startStandIn(room, '--mode=wrongpid'));
    expect(pidFile()).toBe('2');
  });

  it('panic-at: it aborts after that many files', async () => {
    plantTree(room.tree, evenTree(5, 20));
    const running = startStandIn(room, '--mode=panic-at=50');
    expect(await running.ended).toEqual({ status: null, signal: 'SIGABRT' });
  });

  it('helper-group: a helper in another process group outlives a signal to the daemon alone, and ends with TERM', async () => {
    const running = startStandIn(room, '--helper-group');
    await upToDate(running);
    const beat = (): string => readFileSync(join(room.state, HEARTBEAT_FILE), 'utf8');
    await until('it beats', () => existsSync(join(room.state, HEARTBEAT_FILE)));
    running.child.kill('SIGSTOP');
    const before = beat();
    await until('it still beats', () => beat() !== before);
    const groups = processesOf(room.path).map(
      (pid) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2],
    );
    expect(new Set(groups).size).toBe(2);
    running.child.kill('SIGCONT');
    running.child.kill('SIGTERM');
    await running.ended;
    await until('nobody is left', () => processesOf(room.path).length === 0);
  });
});
