import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSqliteTable } from '../../src/profiles/sqlite-table.ts';
import { DAEMONS } from '../support/fixture-roots.ts';
import { hasProgram, isMet } from '../support/need.ts';

const SEAFILE = readFileSync(join(DAEMONS, 'seafile/home/user/seafile-data/repo.db'));

/** A database that SQLite itself writes, by way of Python's module; the rows as Python reads them back. */
const WRITE = `
import json, os, sqlite3, sys, tempfile
path = os.path.join(tempfile.mkdtemp(), 'x.db')
db = sqlite3.connect(path)
db.execute('pragma page_size=%d' % int(sys.argv[1]))
db.execute('create table other (x)')
db.execute('create table t (a, b, c)')
for row in json.load(sys.stdin): db.execute('insert into t values (?, ?, ?)', row)
db.execute('alter table t add column d')
db.commit()
print(open(path, 'rb').read().hex())
`;

function written(pageBytes: number, rows: readonly (readonly unknown[])[]): Buffer {
  const input = JSON.stringify(rows);
  const hex = execFileSync('python3', ['-c', WRITE, String(pageBytes)], { input, maxBuffer: 2 ** 28 });
  return Buffer.from(hex.toString().trim(), 'hex');
}

const canWrite = isMet(hasProgram('python3'), 'python3 writes the databases: apt-get install python3');

const rowsOf = (bytes: Buffer, table: string) => {
  const read = readSqliteTable(bytes, table);
  if (!read.ok) throw new Error(read.error);
  return read.value;
};

describe('a table of an SQLite file', () => {
  it('is read as Seafile wrote it, its table of tables on several pages', () => {
    expect(rowsOf(SEAFILE, 'Repo')).toHaveLength(4);
    expect(rowsOf(SEAFILE, 'RepoProperty')[0]).toEqual([
      '11111111-aaaa-4aaa-8aaa-000000000001',
      'worktree',
      '/home/user/Seafile/Calibre Library',
    ]);
  });

  it.runIf(canWrite)('is whole, whatever the size of pages and of what is in it', () => {
    const texts = ['', 'ä', 'x'.repeat(400), 'y'.repeat(5000), 'z'.repeat(200_000)];
    const numbers = [0, 1, -1, 127, -129, 40_000, -8_388_609, 2 ** 31, 2 ** 45, -(2 ** 52), null];
    const rows = Array.from({ length: 3000 }, (_, index) => [
      index,
      index % 500 === 0 ? texts[(index / 500) % texts.length] : `row ${index}`,
      numbers[index % numbers.length],
    ]);
    for (const pageBytes of [512, 4096, 65_536]) expect(rowsOf(written(pageBytes, rows), 't')).toEqual(rows);
  });

  it('that is not there is said so', () => {
    expect(readSqliteTable(SEAFILE, 'Nobody')).toEqual({ ok: false, error: 'it has no table Nobody' });
  });

  it('never throws and always ends, however the file is cut or changed', () => {
    const change = fc.tuple(fc.nat(SEAFILE.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(SEAFILE.length), (changes, length) => {
        const bytes = Buffer.from(SEAFILE);
        for (const [at, value] of changes) bytes[at] = value;
        readSqliteTable(bytes, 'RepoProperty');
        readSqliteTable(bytes.subarray(0, length), 'RepoProperty');
      }),
      { numRuns: 1000 },
    );
  });

  it('in a file with a write-ahead log, or with text of two bytes a sign, is not guessed', () => {
    const logged = Buffer.from(SEAFILE);
    logged[18] = 2;
    expect(readSqliteTable(logged, 'Repo')).toEqual({
      ok: false,
      error: 'it keeps its changes in a write-ahead log',
    });
    const wide = Buffer.from(SEAFILE);
    wide[59] = 2;
    expect(readSqliteTable(wide, 'Repo')).toEqual({ ok: false, error: 'its text is not UTF-8' });
  });
});
