// A machine's files as a test writes them, to be read through a sysroot.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A machine with nothing on it but what is written. */
export class WrittenMachine {
  readonly root: string = mkdtempSync(join(tmpdir(), 'syncguard-roots-'));

  write(path: string, content: string | Buffer): void {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
