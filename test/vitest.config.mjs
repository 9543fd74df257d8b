import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude:
      process.env['SYNCGUARD_TESTS'] === 'unit' ? ['test/system/**', 'node_modules/**'] : ['node_modules/**'],
    // Real children, cgroups and loop devices: generous, because the machine may be shared; no test asserts a time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', join(import.meta.dirname, 'support/closing-line.mjs')],
  },
});
