import { describe, expect, it } from 'vitest';
import { readRcloneControl } from '../../src/profiles/rclone-control.ts';

const AT_HOME = { address: 'localhost:5572', isTls: false, login: null, basePath: '' };

describe('the remote control of an rclone', () => {
  it.each([
    ['rclone rcd', {}, AT_HOME],
    ['rclone sync a b --rc', {}, AT_HOME],
    ['nice -n 5 /usr/bin/rclone --rc sync a b', {}, AT_HOME],
    ['rclone sync a b', { RCLONE_RC: 'true' }, AT_HOME],
    ['rclone rcd --rc-addr :5000', {}, { ...AT_HOME, address: ':5000' }],
    ['rclone rcd --rc-addr=unix:///run/rc', {}, { ...AT_HOME, address: '/run/rc' }],
    ['rclone rcd', { RCLONE_RC_ADDR: '[::1]:5000' }, { ...AT_HOME, address: '[::1]:5000' }],
    ['rclone rcd --rc-cert c --rc-key k', {}, { ...AT_HOME, isTls: true }],
    ['rclone rcd --rc-baseurl /rc/', {}, { ...AT_HOME, basePath: '/rc' }],
    [
      'rclone rcd --rc-user me',
      { RCLONE_RC_PASS: 'word' },
      { ...AT_HOME, login: { user: 'me', password: 'word' } },
    ],
  ] as const)('is read from %s %j', (line, environment, place) => {
    expect(readRcloneControl(line.split(' '), environment)).toEqual(place);
  });

  it.each([
    ['that was started without one', 'rclone sync a b --bwlimit 1M'],
    [
      'whose limits follow a timetable, which one limit would end',
      'rclone rcd --bwlimit 08:00,512k 12:00,10M',
    ],
  ])('is not used by one %s', (_, line) => {
    expect(readRcloneControl(line.split(' '), {})).toBeNull();
  });
});
