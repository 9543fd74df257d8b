// A program of this directory as one file that plain Node runs, so that a test may kill it or run it elsewhere.
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from './binary.ts';

/** `name` without .ts. Inside the repository, so that the optional package is found; per process, so that runs do not meet. */
export async function bundleProgram(name: string): Promise<string> {
  const file = join(ROOT, `node_modules/.cache/syncguard/${name}-${process.pid}.mjs`);
  const input = join(ROOT, `test/support/${name}.ts`);
  const build = await rolldown({ input, platform: 'node', external: ['koffi'] });
  await build.write({ file, format: 'esm' });
  await build.close();
  return file;
}
