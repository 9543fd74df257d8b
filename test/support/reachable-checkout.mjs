// Some tests become another user, who has to reach the program and cannot below a private temporary directory (mktemp -d).
// Its owner lets others pass through it while the tests run, no more: nobody may list it, and its mode is put back.
import { chmodSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';

const CHECKOUT = join(import.meta.dirname, '../..');
const OTHERS_MAY_PASS = 0o001;

export default function openWay() {
  if (process.getuid() !== 0) return undefined;
  const closed = [];
  for (let above = dirname(CHECKOUT); above.startsWith(`${tmpdir()}${sep}`); above = dirname(above)) {
    const mode = statSync(above).mode & 0o7777;
    if ((mode & OTHERS_MAY_PASS) === 0) closed.push({ above, mode });
  }
  for (const { above, mode } of closed) {
    console.log(`other users may pass through ${above} while the tests run`);
    chmodSync(above, mode | OTHERS_MAY_PASS);
  }
  return () => {
    for (const { above, mode } of closed) chmodSync(above, mode);
  };
}
