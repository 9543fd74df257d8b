// One version, package.json's: read at build time, so that a bundle needs no file beside it.

import manifest from '../../../package.json' with { type: 'json' };

export const VERSION: string = manifest.version;
