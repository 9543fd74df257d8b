// Loaded before anything else: whatever a package looks at through `process`, it finds streams that lead nowhere.
//
// Node opens each standard stream at the first look, and pino's and execa's code looks (pino by way of node:assert, Node
// 20): descriptor 0 is open here as the sentinel's pipe, and 2 is the daemon's own, which would become non-blocking for the
// daemon too. The journal writes to a description of its own.

import { PassThrough } from 'node:stream';

for (const name of ['stdin', 'stdout', 'stderr'])
  Object.defineProperty(process, name, { value: new PassThrough(), configurable: true });
