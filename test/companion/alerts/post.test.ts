// From an alert to its receiver, through the directory on disk.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Post } from '../../../src/companion/alerts/post.ts';
import type { AlertSettings } from '../../../src/domain/settings.ts';
import { readProcessPlace } from '../../../src/kernel/process-place.ts';
import { alertOf, settingsOf, webhookTo } from '../../support/alerts.ts';
import { type Receiver, receiver } from '../../support/receivers.ts';

let place: string;
let said: string[];
const open: { close(): unknown }[] = [];
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'syncguard-post-'));
  said = [];
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  rmSync(place, { recursive: true, force: true });
});

async function answering(answer: Parameters<typeof receiver>[0]): Promise<Receiver> {
  const made = await receiver(answer);
  open.push(made);
  return made;
}

/** Every event is told, however soon after another, unless a test says otherwise. */
function posted(settings: AlertSettings, directory = place): Post {
  const post = new Post({
    directory,
    readSettings: () => settings,
    say: (level, text) => said.push(`${level} ${text}`),
  });
  open.push(post);
  return post;
}

const everything = (url: string, rest: Partial<AlertSettings> = {}): AlertSettings =>
  settingsOf({ ...webhookTo(url), everyMs: 0, ...rest });

const sentencesOf = ({ heard }: Receiver): string[] =>
  heard.flatMap(({ body }) => JSON.parse(body).alerts.map(({ sentence }: { sentence: string }) => sentence));

const waitingIn = (directory: string): string[] =>
  readdirSync(join(directory, 'webhook')).filter((name) => name.endsWith('.json'));

const alerts = (count: number) =>
  Array.from({ length: count }, (_, index) => alertOf({ sentence: `alert ${index}` }));

describe('a post', () => {
  it('writes nothing while nobody is to be told', () => {
    const post = posted(settingsOf({}));
    post.tell(alertOf());
    post.look();
    expect(readdirSync(place)).toEqual([]);
  });

  it('tells each alert in its order, and keeps none of them', async () => {
    const server = await answering(() => ({ status: 200 }));
    const post = posted(everything(server.url));
    for (const alert of alerts(3)) post.tell(alert);
    await post.settled();
    expect(sentencesOf(server)).toEqual(['alert 0', 'alert 1', 'alert 2']);
    expect(waitingIn(place)).toEqual([]);
  });

  it('tells of the wanted events alone, and one of each within their time', async () => {
    const server = await answering(() => ({ status: 200 }));
    const post = posted(everything(server.url, { events: ['pause', 'stop'], everyMs: 600_000 }));
    for (const event of ['throttle', 'pause', 'pause', 'pause', 'stop'] as const)
      post.tell(alertOf({ event }));
    await post.settled();
    expect(server.heard.map(({ body }) => [JSON.parse(body).event, JSON.parse(body).untold])).toEqual([
      ['pause', {}],
      ['stop', { pause: 2 }],
    ]);
  });

  it('makes one message of all that waited while a receiver was away', async () => {
    let isAway = true;
    const server = await answering(() => ({ status: isAway ? 500 : 200 }));
    const post = posted(everything(server.url));
    for (const alert of alerts(5)) post.tell(alert);
    await post.settled();
    expect(waitingIn(place)).toHaveLength(5);
    isAway = false;
    const before = server.heard.length;
    await expect
      .poll(
        () => {
          post.look();
          return server.heard.length;
        },
        { timeout: 20_000 },
      )
      .toBe(before + 1);
    await post.settled();
    const { alerts: told } = JSON.parse(server.heard.at(-1)?.body ?? '');
    expect(told).toHaveLength(5);
    expect(said).toEqual([
      expect.stringMatching(
        /^warn webhook \(http:\S+\) could not be told: it answered 500; it is tried again$/,
      ),
      'info webhook is told again: 5 in one message',
    ]);
  });

  it('leaves a receiver that asks for time alone', async () => {
    const server = await answering(() => ({ status: 429, headers: { 'Retry-After': '600' } }));
    const post = posted(everything(server.url));
    for (const alert of alerts(3)) post.tell(alert);
    await post.settled();
    post.look();
    await post.settled();
    // Nor does the next process ask before.
    post.close();
    const next = posted(everything(server.url));
    next.look();
    await next.settled();
    expect(server.heard).toHaveLength(1);
  });

  it('keeps a hundred for a receiver that stays away, and says how many had to go', async () => {
    let isAway = true;
    const server = await answering(() => ({ status: isAway ? 503 : 200 }));
    const post = posted(everything(server.url));
    for (const alert of alerts(105)) post.tell(alert);
    await post.settled();
    expect(waitingIn(place)).toHaveLength(100);
    expect(said).toContain('warn more than 100 alerts wait for webhook: the oldest are dropped');
    isAway = false;
    await expect
      .poll(
        () => {
          post.look();
          return waitingIn(place).length;
        },
        { timeout: 20_000 },
      )
      .toBe(0);
    const last = JSON.parse(server.heard.at(-1)?.body ?? '');
    expect([last.alerts.length, last.droppedCount, last.alerts[0].sentence]).toEqual([100, 5, 'alert 5']);
  });

  it('tells all the same where nothing can be written', async () => {
    writeFileSync(join(place, 'file'), '');
    const server = await answering(() => ({ status: 200 }));
    const post = posted(everything(server.url), join(place, 'file', 'below'));
    for (const alert of alerts(2)) post.tell(alert);
    await post.settled();
    expect(sentencesOf(server)).toEqual(['alert 0', 'alert 1']);
  });

  it('passes over what is damaged on disk', async () => {
    const server = await answering(() => ({ status: 200 }));
    mkdirSync(join(place, 'webhook'));
    writeFileSync(join(place, 'webhook', '000000000000001-0001-1.json'), '{"event":');
    writeFileSync(join(place, 'ledger.json'), '{"restraint":7,"sinks":[]}');
    const post = posted(everything(server.url));
    post.tell(alertOf({ sentence: 'whole' }));
    await post.settled();
    expect(sentencesOf(server)).toEqual(['whole']);
  });
});

describe('two posts of one guard', () => {
  it('never deliver at the same time', async () => {
    const server = await answering(() => ({ status: 200 }));
    const first = posted(everything(server.url));
    expect(first.look()).toBe(true);
    // As another process that lives: its pid and when it was started.
    first.close();
    writeFileSync(join(place, 'lock'), `1 ${readProcessPlace(1)?.startTicks}`);
    const second = posted(everything(server.url));
    second.tell(alertOf());
    await second.settled();
    expect([second.look(), server.heard]).toEqual([false, []]);
    // As one that is gone.
    writeFileSync(join(place, 'lock'), '1 0');
    expect(second.look()).toBe(true);
    await second.settled();
    expect(server.heard).toHaveLength(1);
  });
});
