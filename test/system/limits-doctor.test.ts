import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Ended, ROOT, syncguard } from '../support/binary.ts';
import { ORIGIN, plantLibrary } from '../support/library.ts';

const { scratch } = plantLibrary();
const json = ({ stdout }: Ended) => JSON.parse(stdout);

describe('syncguard limits', () => {
  it('prints every row of a table with human units, and all 18 live rows of the origin', () => {
    const { status, stdout } = syncguard(['limits', '-f', ORIGIN]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/dcachesize\s+385\.1 KiB\s+388\.8 KiB\s+3\.0 MiB\s+3\.3 MiB\s+625,106,375/);
  });

  it('keeps counters exact in JSON', () => {
    const reading = json(syncguard(['limits', '-f', ORIGIN, '--json', 'dcachesize']));
    expect(reading.subjects[0].resources).toHaveLength(1);
    expect(reading.subjects[0].resources[0]).toMatchObject({
      held: 394_380,
      failcnt: 625_106_375,
      barrier: 3_145_728,
    });
  });

  it('says what grew since it last looked, and forgets nothing to a damaged memory', () => {
    const env = { XDG_STATE_HOME: join(scratch, 'state') };
    expect(syncguard(['limits'], { env }).stdout).not.toContain('since');
    expect(syncguard(['limits'], { env }).stdout).toMatch(/\+ and - since 20\d\d-/);
    writeFileSync(
      join(scratch, 'state/syncguard/limits.json'),
      '{"schema":"syncguard/limits-memory/1","at":"x","counters":{"a":1',
    );
    expect(syncguard(['limits'], { env })).toMatchObject({ status: 0, stderr: '' });
  });

  it('shows every container of a host', () => {
    const host = join(ROOT, 'fixtures/hosts/openvz-042-2012-host');
    const { stdout, status } = syncguard(['limits', '--host', '--sysroot', host]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/container 101/);
    expect(stdout).toMatch(/container 0/);
  });

  it('is never red for a 042stab container whose cache fills its limit, and says what tells instead', () => {
    const host = join(ROOT, 'fixtures/hosts/openvz-042-2012-after-kill');
    const { stdout } = syncguard(['limits', '--sysroot', host, '--color', 'always', 'dcachesize']);
    expect(stdout).not.toContain('\u001b[31m');
    expect(stdout).toContain('cache; failcnt tells');
  });
});

describe('syncguard doctor', () => {
  it('says what it sees and ends by its worst finding', () => {
    const ended = syncguard(['doctor', '--json']);
    const { schema, checks } = json(ended);
    expect(schema).toBe('syncguard/doctor/1');
    const worst = checks.some(({ status }: { status: string }) => status === 'fail')
      ? 2
      : checks.some(({ status }: { status: string }) => status === 'warn')
        ? 1
        : 0;
    expect(ended.status).toBe(worst);
    for (const check of checks.filter(({ status }: { status: string }) => status === 'fail'))
      expect(check.command).not.toBe('');
  });

  it('fails where the beancounter file is denied, and names the command', () => {
    const host = join(scratch, 'denied-host');
    mkdirSync(join(host, 'proc/vz'), { recursive: true });
    mkdirSync(join(host, 'proc/sys/kernel'), { recursive: true });
    writeFileSync(join(host, 'proc/sys/kernel/osrelease'), '2.6.32-042stab090.5\n');
    writeFileSync(join(host, 'proc/user_beancounters'), '', { mode: 0o000 });
    for (const path of [host, join(host, 'proc'), join(host, 'proc/vz')]) chmodSync(path, 0o755);
    const ended = syncguard(['doctor', '--sysroot', host], { uid: 65_534 });
    expect(ended.status).toBe(2);
    expect(ended.stdout).toMatch(/user_beancounters denied/);
    expect(ended.stdout).toMatch(/mend: sudo syncguard doctor/);
  });
});
