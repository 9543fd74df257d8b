'use strict';
// A file of its own because a Node too old for import() must still be able to read bin/syncguard and be told so.
import('../dist/main.mjs').catch((error) => {
  process.stderr.write(`syncguard: the command line could not be loaded: ${error.message}\n`);
  process.exitCode = 70;
});
