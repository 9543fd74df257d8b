import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { phaseIndex, type Rule, ruleIndex } from '../../src/domain/lifecycle.ts';
import { emptyRecord, type GuardRecord } from '../../src/formats/guard-record.ts';
import { ServiceNotice } from '../../src/sentinel/service-notice.ts';

interface Heard {
  readonly notice: ServiceNotice;
  text(): string;
}

/** Into a file, in which datagrams lie side by side. */
function noticeOf(isDryRun = false): Heard {
  const directory = mkdtempSync(join(tmpdir(), 'syncguard-notice-'));
  const path = join(directory, 'heard');
  const descriptor = openSync(path, 'a');
  onTestFinished(() => {
    closeSync(descriptor);
    rmSync(directory, { recursive: true });
  });
  const notice = new ServiceNotice({ descriptor, daemon: 'dropboxd', isDryRun });
  return { notice, text: () => readFileSync(path, 'utf8') };
}

const recordIn = (phase: Parameters<typeof phaseIndex>[0], rule: Rule = 'calm'): GuardRecord => ({
  ...emptyRecord(),
  phase: phaseIndex(phase),
  rule: ruleIndex(rule),
});

describe('a notice', () => {
  it('gives a sign of life when one is due and not before', () => {
    const { notice, text } = noticeOf();
    notice.feed(1e9);
    expect(text()).toBe('');
    notice.keepAlive(100, 1_000);
    for (const nowMs of [1_000, 1_050, 1_099, 1_100, 1_250, 1_300, 1_350]) notice.feed(nowMs);
    expect(text()).toBe('WATCHDOG=1'.repeat(4));
    expect(notice.nextAtMs).toBe(1_450);
  });

  it('says each phase once, and again when it comes back', () => {
    const { notice, text } = noticeOf();
    for (const phase of ['starting', 'running', 'running', 'paused', 'running'] as const)
      notice.tell(recordIn(phase));
    expect(text().split('STATUS=').slice(1)).toEqual([
      'dropboxd is starting, slice by slice',
      'dropboxd runs under guard',
      'dropboxd is paused (syncguard why)',
      'dropboxd runs under guard',
    ]);
  });

  it('tells a gate that refuses from a restart that is due, and a dry run from what is done', () => {
    const { notice, text } = noticeOf(true);
    notice.tell(recordIn('waiting', 'refused'));
    notice.tell(recordIn('waiting'));
    expect(text().split('STATUS=').slice(1)).toEqual([
      'dropboxd waits until it fits (syncguard why) (dry run: nothing is done)',
      'dropboxd waits for its next start (dry run: nothing is done)',
    ]);
  });

  it('that nobody takes is given again soon, and costs nothing else', () => {
    const notice = new ServiceNotice({ descriptor: 2_000_000, daemon: 'dropboxd', isDryRun: false });
    notice.keepAlive(800, 0);
    notice.feed(0);
    expect(notice.nextAtMs).toBe(100);
    notice.tell(recordIn('paused'));
    notice.withdraw();
    expect([notice.send(Buffer.from('x')), notice.nextAtMs]).toEqual([false, Number.POSITIVE_INFINITY]);
  });
});
