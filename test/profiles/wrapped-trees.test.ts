import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rootsFound } from '../support/fixture-roots.ts';
import { WrittenMachine } from '../support/written-machine.ts';

let machine: WrittenMachine;
beforeEach(() => {
  machine = new WrittenMachine();
});
afterEach(() => machine.remove());

/** Words apart by blanks, a text in double quotes one word. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|\S+/g)].map(([whole, quoted]) => quoted ?? whole);

describe('the trees of a wrapped daemon', () => {
  const xml = (path: string): string => `<configuration><folder id="f" path="${path}"/></configuration>`;
  const of = (line: string, env: Record<string, string> = {}): string[] =>
    rootsFound('syncthing', { sysroot: machine.root, argv: words(line), env }).roots.map(({ path }) => path);

  it('are those of the user it runs as', () => {
    machine.write('etc/passwd', 'ann:x:1000:1000::/home/ann:/bin/sh\n');
    machine.write('home/ann/.config/syncthing/config.xml', xml('~/a'));
    machine.write('home/user/.config/syncthing/config.xml', xml('~/u'));
    expect(of('su - ann -c "syncthing serve"', { XDG_CONFIG_HOME: '/elsewhere' })).toEqual(['/home/ann/a']);
    expect(of('syncthing serve')).toEqual(['/home/user/u']);
  });

  it('are where the variables in front of it say', () => {
    machine.write('srv/st/config.xml', xml('/srv/books'));
    expect(of('env STHOMEDIR=/srv/st syncthing')).toEqual(['/srv/books']);
    expect(of('sh -c "STHOMEDIR=$BASE/st exec syncthing"', { BASE: '/srv' })).toEqual(['/srv/books']);
    expect(of('sh -c "syncthing --home $BASE/st"', { BASE: '/srv' })).toEqual(['/srv/books']);
  });

  it.each([
    ['sh -c "cd /srv && rclone sync a r:"', '/srv/a'],
    ['sh -c "cd /srv; cd b; exec rclone sync . r:"', '/srv/b'],
    ['sh -c "cd sub && rclone sync ../a r:"', '/work/a'],
    ['sh -c "cd; rclone sync a r:"', '/home/user/a'],
    ['sh -c "cd $BASE/x && rclone sync a r:"', '/base/x/a'],
    ['sh -c "cd $(dirname $0) && rclone sync a r:"', '/work/a'],
    ['env -C /srv rclone sync a r:', '/srv/a'],
    ['env --chdir=/srv rclone sync a r:', '/srv/a'],
    ['sudo -D /srv -u root rclone sync a r:', '/srv/a'],
    ['sudo sh -c "cd /srv && env -C b rclone sync a r:"', '/srv/b/a'],
    ['su - ann -c "rclone sync a r:"', '/home/ann/a'],
    ['su ann -c "rclone sync a r:"', '/work/a'],
    ['start-stop-daemon --start --chdir /srv --exec /usr/bin/rclone -- sync a r:', '/srv/a'],
    ['systemctl start at-root', '/a'],
    ['systemctl start elsewhere', '/srv/a'],
    ['rclone sync a r:', '/work/a'],
  ])('of %j count from the directory it is started in', (line, path) => {
    machine.write('etc/passwd', 'ann:x:1000:1000::/home/ann:/bin/sh\n');
    const unit = '[Service]\nExecStart=/usr/bin/rclone sync a r:\n';
    machine.write('etc/systemd/system/at-root.service', unit);
    machine.write('etc/systemd/system/elsewhere.service', `${unit}WorkingDirectory=-/srv\n`);
    const env = { PWD: '/work', BASE: '/base' };
    const { roots } = rootsFound('rclone', { sysroot: machine.root, argv: words(line), env });
    expect(roots.map((root) => root.path)).toEqual([path]);
  });
});
