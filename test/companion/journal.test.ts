import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Journal, lineShapeOf, openJournal } from '../../src/companion/journal.ts';

const place = mkdtempSync(join(tmpdir(), 'syncguard-journal-'));
afterAll(() => rmSync(place, { recursive: true }));

let files = 0;
/** A journal on a file, and what the file holds. */
function onFile(request: Partial<Parameters<typeof openJournal>[0]>): {
  journal: Journal;
  text: () => string;
} {
  const path = join(place, `${files++}`);
  const descriptor = openSync(path, 'w');
  const journal = openJournal({ descriptor, verbosity: 'normal', shape: 'people', now: () => 0, ...request });
  return { journal, text: () => readFileSync(path, 'utf8') };
}

describe('a line of the journal', () => {
  it('is one plain line for people', () => {
    const { journal, text } = onFile({});
    journal.say('info', 'dropbox was paused');
    expect(text()).toBe('syncguard: dropbox was paused\n');
  });

  it('carries its priority for journald, and no time of its own', () => {
    const { journal, text } = onFile({ shape: 'journald', verbosity: 'verbose' });
    journal.say('debug', 'a');
    journal.say('info', 'b');
    journal.say('warn', 'c');
    journal.say('error', 'd');
    expect(text()).toBe('<7>syncguard: a\n<6>syncguard: b\n<4>syncguard: c\n<3>syncguard: d\n');
  });

  it('is one JSON object with the name of its level where that is asked for', () => {
    const { journal, text } = onFile({ shape: 'json' });
    journal.say('warn', 'a "quoted"\nname');
    const line = JSON.parse(text());
    expect(line).toMatchObject({ level: 'warn', name: 'syncguard', msg: 'a "quoted"\nname' });
    expect(Date.parse(line.time)).not.toBeNaN();
  });

  it('stays one line whatever a name holds', () => {
    const { journal, text } = onFile({});
    journal.say('info', 'folder a\nb\u001b[2J');
    expect(text()).toBe('syncguard: folder a\\x0ab\\x1b[2J\n');
  });

  it('below the verbosity is not said', () => {
    const quiet = onFile({ verbosity: 'quiet' });
    quiet.journal.say('info', 'a');
    quiet.journal.say('warn', 'b');
    quiet.journal.say('error', 'c');
    expect(quiet.text()).toBe('syncguard: c\n');
  });
});

describe('a repeating error', () => {
  it('is one line per 30 s, with a count', () => {
    let now = 0;
    const { journal, text } = onFile({ now: () => now });
    for (; now < 61_000; now += 1000) journal.say('error', 'the disk is full');
    expect(text()).toBe(
      [
        'syncguard: the disk is full',
        'syncguard: the disk is full (30 times since it was last said)',
        'syncguard: the disk is full (30 times since it was last said)',
        '',
      ].join('\n'),
    );
  });

  it('does not hide another, and an action is always said', () => {
    const { journal, text } = onFile({});
    for (const words of ['a', 'b', 'a']) journal.say('error', words);
    for (const words of ['paused', 'paused']) journal.say('warn', words);
    expect(text().split('\n')).toHaveLength(5);
  });
});

describe('a journal nobody takes', () => {
  it('loses the line and nothing else on a full disk and a closed descriptor', () => {
    for (const shape of ['people', 'json'] as const) {
      const full = openJournal({
        descriptor: openSync('/dev/full', 'w'),
        verbosity: 'normal',
        shape,
        now: () => 0,
      });
      expect(() => full.say('info', 'lost')).not.toThrow();
      const descriptor = openSync('/dev/null', 'w');
      const closed = openJournal({ descriptor, verbosity: 'normal', shape, now: () => 0 });
      closeSync(descriptor);
      expect(() => closed.say('info', 'lost')).not.toThrow();
    }
  });

  it('does not wait for a reader that has stopped, and leaves the pipe as blocking as it was', async () => {
    const fifo = join(place, 'fifo');
    const made = spawn('mkfifo', [fifo]);
    await new Promise((resolve) => made.once('exit', resolve));
    const both = openSync(fifo, 'r+');
    const journal = openJournal({ descriptor: both, verbosity: 'normal', shape: 'people', now: () => 0 });
    // 64 KiB is what a pipe takes: the lines beyond are lost.
    for (let line = 0; line < 2000; line += 1) journal.say('info', 'x'.repeat(100));
    const flags = readFileSync(`/proc/self/fdinfo/${both}`, 'utf8');
    closeSync(both);
    expect(Number.parseInt(/flags:\s+(\d+)/.exec(flags)?.[1] ?? '', 8) & 0o4000).toBe(0);
  });
});

describe('the shape of a line', () => {
  it('is journald’s only where JOURNAL_STREAM names the very descriptor', () => {
    const descriptor = openSync(join(place, 'stream'), 'w');
    const { dev, ino } = fstatSync(descriptor, { bigint: true });
    expect(lineShapeOf(descriptor, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe('journald');
    expect(lineShapeOf(descriptor, { JOURNAL_STREAM: `${dev}:${ino + 1n}` })).toBe('people');
    expect(lineShapeOf(descriptor, {})).toBe('people');
    expect(lineShapeOf(descriptor, { JOURNAL_STREAM: `${dev}:${ino}`, SYNCGUARD_LOG: 'json' })).toBe('json');
    closeSync(descriptor);
    expect(lineShapeOf(descriptor, { JOURNAL_STREAM: `${dev}:${ino}` })).toBe('people');
  });
});
