import { describe, expect, it } from 'vitest';
import {
  alertJson,
  alertVariables,
  parseAlert,
  renderAlertText,
  renderAlertTitle,
} from '../../src/formats/alert-text.ts';
import { alertOf, messageOf } from '../support/alerts.ts';

describe('an alert message', () => {
  it('says in its title on which machine what happened to whom, on one harmless line', () => {
    expect(renderAlertTitle(messageOf({ event: 'stop' }))).toBe('nas: dropboxd is stopped');
    expect(renderAlertTitle(messageOf({ daemon: 'a\r\nBcc: b\u202e' }))).toBe(
      'nas: a\\x0d\\x0aBcc: b\\u202e is paused',
    );
  });

  it('of several says how things stand, then the others, the newest first', () => {
    const message = messageOf(
      { at: '2026-11-25T18:00:00.000Z', sentence: 'first' },
      { at: '2026-11-25T18:01:00.000Z', sentence: 'second' },
      { event: 'recovered', sentence: 'third', hint: '', untold: { pause: 2, stop: 1 } },
    );
    expect(renderAlertTitle(message)).toBe('nas: dropboxd runs freely again (and 2 earlier)');
    expect(renderAlertText({ ...message, droppedCount: 4 }).split('\n')).toEqual([
      'third. Since the last message also: pause 2 times, stop once.',
      '',
      'Not told until now, because this way to you was closed:',
      '2026-11-25T18:01:00.000Z second.',
      '2026-11-25T18:00:00.000Z first.',
      'and 4 older ones, not kept.',
    ]);
  });

  it('of a hundred shows twenty, and says how many more there were', () => {
    const text = renderAlertText(messageOf(...Array.from({ length: 100 }, () => ({}))));
    expect(text.split('\n').filter((line) => line.startsWith('2026-'))).toHaveLength(20);
    expect(text).toContain('and 79 older ones');
  });

  it('gives a hook every number in its own unit, and nothing for what is not known', () => {
    expect(alertVariables(messageOf())).toMatchObject({
      SYNCGUARD_EVENT: 'pause',
      SYNCGUARD_RESOURCE: 'dcachesize',
      SYNCGUARD_HELD: '2900000',
      SYNCGUARD_JUDGED: '2850000',
      SYNCGUARD_WALL: '3145728',
      SYNCGUARD_PERCENT: '91',
      SYNCGUARD_COUNT: '1',
    });
    expect(alertVariables(messageOf({ held: null, judged: null, resource: null }))).toMatchObject({
      SYNCGUARD_RESOURCE: '',
      SYNCGUARD_HELD: '',
      SYNCGUARD_PERCENT: '',
    });
  });

  it('gives a webhook the last alert with its numbers, and all of them', () => {
    const message = messageOf({ event: 'stop' }, {});
    expect(alertJson(message)).toMatchObject({
      schema: 'syncguard/alert/1',
      machine: 'nas',
      event: 'pause',
      wall: 3_145_728,
      alerts: [{ event: 'stop' }, { event: 'pause' }],
    });
  });
});

describe('an alert that was kept', () => {
  it('is read back as it was', () => {
    expect(parseAlert(JSON.parse(JSON.stringify(alertOf())))).toEqual({ ok: true, value: alertOf() });
  });

  it.each([
    null,
    7,
    'pause',
    {},
    { ...alertOf(), event: 'toString' },
    { ...alertOf(), sentence: 1 },
    { ...alertOf(), untold: null },
  ])('is none where it is %j', (value) => expect(parseAlert(value).ok).toBe(false));
});
