// Each sink against a receiver that is really there.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../../../src/companion/alerts/sink.ts';
import { sinksOf } from '../../../src/companion/alerts/sinks.ts';
import { type AlertSettings, DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { messageOf, settingsOf, webhookTo } from '../../support/alerts.ts';
import { hasProgram, isMet } from '../../support/need.ts';
import { mailServer, type Receiver, type Reply, receiver } from '../../support/receivers.ts';

const { alerts: plain } = DEFAULT_SETTINGS;
let place: string;
const open: Receiver[] = [];
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-sinks-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  rmSync(place, { recursive: true });
});

async function answering(answer: Parameters<typeof receiver>[0]): Promise<Receiver> {
  const made = await receiver(answer);
  open.push(made);
  return made;
}

function sinkOf(rest: Partial<AlertSettings>): Sink {
  const [sink, ...others] = sinksOf(settingsOf(rest), place);
  if (sink === undefined || others.length > 0) throw new Error('one sink is meant');
  return sink;
}

const script = (text: string): string => {
  const file = join(place, 'script');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
};

describe('sinks', () => {
  it('are off until one is configured', () => {
    expect(sinksOf(plain, place)).toEqual([]);
  });
});

describe('a webhook', () => {
  it('is told in JSON, with its token', async () => {
    const { url, heard } = await answering(() => ({ status: 204 }));
    const tokenFile = join(place, 'token');
    writeFileSync(tokenFile, 'tk_1\nsecond line\n');
    const sink = sinkOf(webhookTo(`${url}/hook`, { tokenFile }));
    expect(await sink.deliver(messageOf())).toEqual({ ok: true, value: 'status 204' });
    expect(heard[0]?.headers.authorization).toBe('Bearer tk_1');
    expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({ schema: 'syncguard/alert/1', event: 'pause' });
  });

  it('of ntfy is told by topic, with a title, a priority and a sign', async () => {
    const { url, heard } = await answering(() => ({ status: 200 }));
    const sink = sinkOf(webhookTo(`${url}/library`, { preset: 'ntfy' }));
    await sink.deliver({ ...messageOf({ event: 'stop' }), machine: 'dépôt' });
    expect(heard[0]?.path).toBe('/');
    expect(JSON.parse(heard[0]?.body ?? '')).toEqual({
      topic: 'library',
      title: 'dépôt: dropboxd is stopped',
      message: 'dropboxd is paused: dcachesize 2.7 MiB of 3.0 MiB (91%).\nNext: syncguard why',
      priority: 5,
      tags: ['octagonal_sign', 'stop'],
    });
  });

  it('that refuses says why, and how long it is to be left alone', async () => {
    const { url } = await answering(() => ({
      status: 429,
      headers: { 'Retry-After': '60' },
      body: 'limit\nreached',
    }));
    expect(await sinkOf(webhookTo(url)).deliver(messageOf())).toEqual({
      ok: false,
      error: { reason: 'it answered 429: limit reached', retryAfterMs: 60_000 },
    });
  });

  it('is not asked where its token cannot be read', async () => {
    const { url, heard } = await answering(() => ({ status: 200 }));
    const told = await sinkOf(webhookTo(url, { tokenFile: join(place, 'none') })).deliver(messageOf());
    expect(told.ok ? '' : told.error.reason).toBe(`${join(place, 'none')} cannot be read (ENOENT)`);
    expect(heard).toEqual([]);
  });

  it('is named by its host alone', () => {
    expect(sinkOf(webhookTo('https://user:pass@ntfy.example/topic?auth=x')).where).toBe(
      'https://ntfy.example/...',
    );
  });
});

describe('a hook', () => {
  it('finds what happened in its environment', async () => {
    const command = [script('env > "$1"'), join(place, 'heard')];
    const told = await sinkOf({ hook: { command } }).deliver(messageOf());
    expect(told).toEqual({ ok: true, value: 'script ended with status 0' });
    const heard = readFileSync(join(place, 'heard'), 'utf8').split('\n');
    expect(heard).toContain('SYNCGUARD_EVENT=pause');
    expect(heard).toContain('SYNCGUARD_WALL=3145728');
  });

  it('that hangs is ended, and told again later', async () => {
    const sink = sinkOf({ hook: { command: [script('exec sleep 600')] }, timeoutMs: 200 });
    const told = await sink.deliver(messageOf());
    expect(told.ok ? '' : told.error.reason).toMatch(/script took longer than 200ms$/);
  });

  it('that fails says with what', async () => {
    const told = await sinkOf({ hook: { command: [script('echo no line >&2; exit 3')] } }).deliver(
      messageOf(),
    );
    expect(told.ok ? '' : told.error.reason).toMatch(/script failed \(status 3\): no line$/);
  });
});

describe('mail', () => {
  it('reaches a mail server through a sendmail program', async () => {
    if (!isMet(hasProgram('msmtp'), 'no msmtp to send mail through')) return;
    const server = await mailServer();
    const config = join(place, 'msmtprc');
    writeFileSync(
      config,
      `account default\nhost 127.0.0.1\nport ${server.port}\nfrom syncguard@nas.example\n`,
    );
    const sendmail = ['/usr/bin/msmtp', '-C', config];
    const mail = { to: ['admin@example.org', 'b@example.org'], from: null, sendmail };
    const sink = sinkOf({ mail, timeoutMs: 60_000 });
    const message = {
      ...messageOf({ sentence: '.\nBcc: evil@example.org' }),
      machine: 'dépôt\r\nBcc: evil@example.org',
    };
    expect(await sink.deliver(message)).toEqual({ ok: true, value: 'handed over to sendmail' });
    await server.close();
    expect(server.mails).toHaveLength(1);
    const [{ to, lines }] = server.mails as [(typeof server.mails)[number]];
    expect(to).toEqual(mail.to);
    const head = lines.slice(0, lines.indexOf(''));
    expect(head.filter((line) => /^bcc/i.test(line))).toEqual([]);
    expect(head).toContain('Auto-Submitted: auto-generated');
    expect(head.find((line) => line.startsWith('Subject: '))).toMatch(/^Subject: =\?UTF-8\?B\?/);
    const text = Buffer.from(lines.slice(lines.indexOf('')).join(''), 'base64').toString();
    expect(text).toContain('.\\x0aBcc: evil@example.org.\r\nNext: syncguard why\r\n');
  });

  it('that sendmail does not take is an error with its last words', async () => {
    const sendmail = [script('cat >/dev/null; echo "no route" >&2; exit 75')];
    const told = await sinkOf({ mail: { to: ['a@b'], from: null, sendmail } }).deliver(messageOf());
    expect(told.ok ? '' : told.error.reason).toMatch(/script failed \(status 75\): no route$/);
  });
});

/** Incidents and one component, as Cachet keeps them. */
function statusPage(): {
  readonly answer: Parameters<typeof receiver>[0];
  readonly incidents: Map<number, Record<string, unknown>>;
  component(): unknown;
} {
  const incidents = new Map<number, Record<string, unknown>>();
  let component: unknown = 1;
  const data = (value: object): Reply => ({ status: 200, body: JSON.stringify({ data: value }) });
  return {
    incidents,
    component: () => component,
    answer({ method, path, headers, body }) {
      if (headers['x-cachet-token'] !== 'tk') return { status: 401 };
      const asked = JSON.parse(body);
      const [, kind, id] = /^\/api\/v1\/(incidents|components)(?:\/(\d+))?$/.exec(path) ?? [];
      if (kind === 'components' && method === 'PUT' && id === '3') {
        component = asked.status;
        return data({ id: 3 });
      }
      const number = method === 'POST' ? incidents.size + 41 : Number(id);
      if (kind !== 'incidents' || (method === 'PUT' && !incidents.has(number))) return { status: 404 };
      incidents.set(number, { ...incidents.get(number), ...asked });
      if (asked.component_id === 3) component = asked.component_status;
      return data({ id: number });
    },
  };
}

describe('a status page', () => {
  const cachetAt = (url: string): Sink =>
    sinkOf({ cachet: { url: `${url}/`, component: 3, token: 'tk', tokenFile: null } });

  it('has one incident from the first trouble to the recovery, and a component that says how bad it is', async () => {
    const page = statusPage();
    const { url } = await answering(page.answer);
    const sink = cachetAt(url);
    expect(await sink.deliver(messageOf({ event: 'throttle' }))).toEqual({
      ok: true,
      value: 'incident 41 opened',
    });
    expect([page.component(), page.incidents.get(41)]).toMatchObject([2, { status: 1, visible: 1 }]);
    // Another process goes on where this one ended.
    await cachetAt(url).deliver(messageOf({ event: 'stop' }));
    expect([page.component(), page.incidents.size, page.incidents.get(41)]).toMatchObject([
      4,
      1,
      { status: 2 },
    ]);
    expect(await sink.deliver(messageOf({ event: 'recovered' }))).toEqual({
      ok: true,
      value: 'incident 41 fixed',
    });
    expect([page.component(), page.incidents.get(41)]).toMatchObject([1, { status: 4 }]);
    await sink.deliver(messageOf());
    expect(page.incidents.size).toBe(2);
  });

  it('shows how things stand at the end of a digest', async () => {
    const page = statusPage();
    const { url } = await answering(page.answer);
    await cachetAt(url).deliver(messageOf({ event: 'pause' }, { event: 'recovered' }, { event: 'pressure' }));
    expect([page.component(), page.incidents.size]).toEqual([1, 0]);
  });

  it('whose incident somebody removed gets another one', async () => {
    const page = statusPage();
    const { url } = await answering(page.answer);
    const sink = cachetAt(url);
    await sink.deliver(messageOf());
    page.incidents.clear();
    expect(await sink.deliver(messageOf({ event: 'stop' }))).toMatchObject({ ok: true });
    expect(page.incidents.size).toBe(1);
  });

  it('shows a test to nobody, and no component is touched', async () => {
    const page = statusPage();
    const { url } = await answering(page.answer);
    expect(await cachetAt(url).deliver(messageOf({ event: 'test' }))).toMatchObject({ ok: true });
    expect([...page.incidents.values()]).toMatchObject([{ visible: 0, status: 4 }]);
    expect(page.component()).toBe(1);
  });

  it('that is none says so, and opens nothing', async () => {
    const { url } = await answering(() => ({ status: 200, body: '<html>' }));
    const told = await cachetAt(url).deliver(messageOf());
    expect(told.ok ? '' : told.error.reason).toContain('no incident of Cachet');
  });
});
