import { afterEach, describe, expect, it } from 'vitest';
import { callHttp, type HttpCall } from '../../../src/companion/alerts/http-call.ts';
import { type Receiver, type Reply, receiver } from '../../support/receivers.ts';

const open: Receiver[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function answering(...replies: readonly Reply[]): Promise<Receiver> {
  const made = await receiver((_, count) => replies[Math.min(count, replies.length - 1)] ?? 'hang');
  open.push(made);
  return made;
}

const call = (url: string, rest: Partial<HttpCall> = {}): ReturnType<typeof callHttp> =>
  callHttp({ url, method: 'POST', json: { a: 1 }, timeoutMs: 10_000, ...rest });

describe('a request', () => {
  it('carries its JSON and its headers, and has the status and the body as its answer', async () => {
    const { url, heard } = await answering({ status: 418, body: 'tea' });
    expect(await call(`${url}/a?b=c`, { headers: { Authorization: 'Bearer x' } })).toEqual({
      ok: true,
      value: { status: 418, text: 'tea', retryAfterMs: null },
    });
    expect(heard[0]).toMatchObject({ method: 'POST', path: '/a?b=c', body: '{"a":1}' });
    expect(heard[0]?.headers).toMatchObject({
      authorization: 'Bearer x',
      'content-type': 'application/json',
    });
  });

  it('ends when its time is over, at a server that never answers', async () => {
    const { url } = await answering('hang');
    expect(await call(url, { timeoutMs: 100 })).toEqual({ ok: false, error: 'no answer within 100ms' });
  });

  it.each([
    ['resets the connection', 'reset', /ECONNRESET|socket hang up/],
    ['answers no HTTP', 'garbage', /^Parse Error: Expected HTTP\//],
  ] as const)('says what went wrong at a server that %s', async (_, reply, says) => {
    const { url } = await answering(reply);
    const answer = await call(url);
    expect(answer.ok ? '' : answer.error).toMatch(says);
  });

  it('says that nobody listens, without the address it was given', async () => {
    const gone = await answering('hang');
    await gone.close();
    const answer = await call(`${gone.url}/secret-path`);
    expect(answer.ok ? '' : answer.error).toMatch(/^ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  it('reads no more than 64 KiB of an answer', async () => {
    const { url } = await answering({ status: 200, body: 'x'.repeat(1_000_000) });
    const answer = await call(url);
    expect(answer.ok && answer.value.text.length).toBe(65_536);
  });

  it('takes the status for the answer where the body never ends', async () => {
    const { url } = await answering('drip');
    expect(await call(url, { timeoutMs: 300 })).toMatchObject({
      ok: true,
      value: { status: 200, text: 'x' },
    });
  });

  it.each([
    ['120', 120_000],
    ['999999999', 3_600_000],
    ['soon', null],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ])('hears Retry-After: %s', async (header, retryAfterMs) => {
    const { url } = await answering({ status: 429, headers: { 'Retry-After': header } });
    expect(await call(url)).toMatchObject({ ok: true, value: { retryAfterMs } });
  });
});

describe('a redirect', () => {
  const to = (status: number, location: string): Reply => ({ status, headers: { Location: location } });

  it('is followed on the same host, with what was sent', async () => {
    const { url, heard } = await answering(to(307, '/there'), { status: 204 });
    expect(await call(`${url}/here`)).toMatchObject({ ok: true, value: { status: 204 } });
    expect(heard.map(({ path, body }) => [path, body])).toEqual([
      ['/here', '{"a":1}'],
      ['/there', '{"a":1}'],
    ]);
  });

  it('to another host is not followed: what is told is not meant for it', async () => {
    const other = await answering({ status: 200 });
    const { url } = await answering(to(307, other.url.replace('127.0.0.1', 'localhost')));
    const answer = await call(url);
    expect(answer.ok ? '' : answer.error).toBe(
      'it redirects to another host, localhost, which is not followed',
    );
    expect(other.heard).toEqual([]);
  });

  it('to another port is not followed either', async () => {
    const other = await answering({ status: 200 });
    const { url } = await answering(to(308, other.url));
    expect((await call(url)).ok).toBe(false);
    expect(other.heard).toEqual([]);
  });

  it('that would lose what is sent is an error, and for a GET is none', async () => {
    const { url } = await answering(to(302, '/there'), { status: 200 });
    const answer = await call(url);
    expect(answer.ok ? '' : answer.error).toBe(
      'it redirects a POST with status 302, which would lose what is sent',
    );
    const second = await answering(to(302, '/there'), { status: 200 });
    const { json: _, ...get } = { url: second.url, method: 'GET' as const, json: {}, timeoutMs: 10_000 };
    expect(await callHttp(get)).toMatchObject({ ok: true, value: { status: 200 } });
  });

  it('without end has one', async () => {
    const { url, heard } = await answering(to(307, '/again'));
    expect(await call(url)).toEqual({ ok: false, error: 'it redirects more than 3 times' });
    expect(heard).toHaveLength(4);
  });
});
