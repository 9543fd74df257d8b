import { afterEach, expect, it, vi } from 'vitest';
import { deepenThreadPool } from '../../src/kernel/thread-pool.ts';

afterEach(() => vi.unstubAllEnvs());

it('libuv’s pool is made as deep as a cold disk can use', () => {
  vi.stubEnv('UV_THREADPOOL_SIZE', undefined);
  deepenThreadPool();
  expect(process.env['UV_THREADPOOL_SIZE']).toBe('16');
});

it('libuv’s pool stays as deep as the user has said', () => {
  vi.stubEnv('UV_THREADPOOL_SIZE', '2');
  deepenThreadPool();
  expect(process.env['UV_THREADPOOL_SIZE']).toBe('2');
});
