import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const EVERY = 'test/**/*.test.ts';
const SYSTEM = 'test/system/**';
/** Their figures are of caches and of memory that a busy machine moves: one at a time. */
const MEASURED = [
  'test/system/{census-footprint,kernel-accuracy,real-daemons,learn,sensors-footprint,sensors-v1,guard-survival,guard-brake,guest,guest-guard}.test.ts',
];
/** The rest of the system tests wait more than they work; the longest must not be the last to begin. */
const WAITING_AT_ONCE = 3;

/**
 * A law on a live kernel that other programs use, too, is tried twice before it fails; the run names each that needed it.
 * Of 2 369 tests, one or two a run met such a neighbour.
 */
const TRIES_AGAIN = 1;

/** Projects run one after another in the order of `turn`, `atOnce` files of one at a time. */
const project = (name, turn, { include, exclude = [], atOnce }) => ({
  test: {
    name,
    include,
    exclude: [...exclude, 'node_modules/**'],
    // Real children, cgroups and loop devices: generous, because the machine may be shared; no test asserts a time.
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: join(import.meta.dirname, 'support/reachable-checkout.mjs'),
    maxWorkers: atOnce,
    retry: TRIES_AGAIN,
    sequence: { groupOrder: turn },
  },
});

const unit = project('unit', 0, { include: [EVERY], exclude: [SYSTEM], atOnce: 2 });
const waiting = project('waiting', 1, {
  include: [`${SYSTEM}/*.test.ts`],
  exclude: MEASURED,
  atOnce: WAITING_AT_ONCE,
});
const measured = project('measured', 2, { include: MEASURED, atOnce: 1 });

export default defineConfig({
  test: {
    projects: process.env['SYNCGUARD_TESTS'] === 'unit' ? [unit] : [unit, waiting, measured],
    reporters: ['default', join(import.meta.dirname, 'support/closing-line.mjs')],
  },
});
