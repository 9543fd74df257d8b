// Programs that load only what each needs: the command line (one chunk per command), the gate (no command-line framework),
// the sentinel (Node built-ins only), its companion and the stand-in daemon of the demo. CommonJS throughout: it starts without Node's ESM loader, and the
// sentinel has 4 threads instead of 11 (Node 20). Packages are bundled in, so that an install is one package and koffi.
import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';

const PACKAGE_DIRECTORY = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/** Packages of every program so far: each writes the same file, and the last one must name them all. */
const bundled = new Map();

/** What the licences of bundled packages ask: their text goes along. */
const thirdPartyLicences = {
  name: 'third-party-licences',
  generateBundle(_, bundle) {
    const found = Object.values(bundle).flatMap(({ moduleIds = [] }) =>
      moduleIds.flatMap((id) => {
        const [, directory, name] = PACKAGE_DIRECTORY.exec(id) ?? [];
        return directory === undefined ? [] : [[name, directory]];
      }),
    );
    for (const [name, directory] of found) bundled.set(name, directory);
    const texts = [...bundled].sort().map(([name, directory]) => {
      const { version, license } = JSON.parse(readFileSync(`${directory}/package.json`, 'utf8'));
      const file = readdirSync(directory).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? '' : readFileSync(`${directory}/${file}`, 'utf8').trim();
      return `${name} ${version} (${license})\n\n${text}\n`;
    });
    if (texts.length > 0) {
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENCES.txt', source: texts.join('\n---\n\n') });
    }
  },
};

/** commander starts subcommands that are programs of their own; we have none, and child_process costs 3.5 ms of a start. */
const commanderAlone = {
  name: 'commander-alone',
  resolveId: (source, importer) =>
    source === 'node:child_process' && importer?.includes('/node_modules/commander/') ? '\0no-program' : null,
  load: (id) => (id === '\0no-program' ? 'export {};' : null),
};

const shared = { platform: 'node', external: ['koffi'] };

/** Without blanks and comments the text is half as long, and V8 reads all of it at every start; names stay for stacks. */
const lean = { compress: false, mangle: false, codegen: { removeWhitespace: true } };

const program = (name, input, output) => ({
  ...shared,
  input: { [name]: input },
  plugins: [commanderAlone, thirdPartyLicences],
  output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', minify: lean, ...output },
});

export default defineConfig([
  program('gate', 'src/gate/main.ts', { codeSplitting: false }),
  program('start', 'src/start.ts', { codeSplitting: false }),
  program('main', 'src/main.ts', { chunkFileNames: 'chunks/[name]-[hash].cjs' }),
  program('sentinel', 'src/sentinel/main.ts', { codeSplitting: false }),
  // What only a change of the configuration or a hook needs is a chunk of its own.
  program('companion', 'src/companion/main.ts', { chunkFileNames: 'chunks/companion-[name]-[hash].cjs' }),
  program('stand-in', 'src/surfaces/demo/dropboxd.ts', { codeSplitting: false }),
]);
