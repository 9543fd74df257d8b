import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/sentinel/arguments.ts';
import { SWITCHES, VALUED } from '../../src/sentinel/options.ts';

function commandOf(words: readonly string[]): readonly string[] | null {
  const parsed = parseArguments(words);
  if (!parsed.ok || parsed.value.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.value.command;
}

function optionsOf(...words: readonly string[]): unknown {
  const parsed = parseArguments(['run', ...words, 'daemon']);
  if (!parsed.ok || parsed.value.kind !== 'run') throw new Error(JSON.stringify(parsed));
  return parsed.value.options;
}

function complaintOf(...words: readonly string[]): string {
  const parsed = parseArguments(['run', ...words]);
  return parsed.ok ? '' : parsed.error.message;
}

describe('the command line of attach', () => {
  it('names one daemon, by pid or unit, and takes what a guard is told by', () => {
    expect(parseArguments(['attach', '--pid', '12', '--stop-at', '90%', '--dry-run'])).toMatchObject({
      value: {
        kind: 'attach',
        target: { kind: 'pid', pid: 12 },
        options: { isDryRun: true, flags: { stop_at: '90%' } },
      },
    });
    expect(parseArguments(['--quiet', 'attach', '--unit=syncthing@ann'])).toMatchObject({
      value: { target: { kind: 'unit', unit: 'syncthing@ann' }, options: { verbosity: 'quiet' } },
    });
    expect(parseArguments(['attach', '--help'])).toMatchObject({ value: { kind: 'help', of: 'attach' } });
  });

  it.each([
    [[], 'attach needs --pid N or --unit NAME'],
    [['--pid', '0'], '--pid: 0 is not a process id'],
    [['--pid', '1', '--pid', '2'], '--pid and --pid: one daemon at a time'],
    [['--pid', '1', '--on-refuse=wait'], '--on-refuse is no option of attach'],
    [['--pid', '1', '--', 'x'], 'attach takes no COMMAND'],
    [['--pdi', '1'], 'did you mean --pid?'],
  ])('attach %j is refused with 64, saying what is wrong', (words, message) => {
    const parsed = parseArguments(['attach', ...words]);
    expect(parsed.ok ? '' : parsed.error.message).toContain(message);
    expect(parsed.ok ? 0 : parsed.error.status).toBe(64);
  });
});

describe('the command line of run', () => {
  it.each([
    [
      ['run', 'dropboxd', '--dry-run'],
      ['dropboxd', '--dry-run'],
    ],
    [
      ['run', 'dropboxd', '--barrier', '5'],
      ['dropboxd', '--barrier', '5'],
    ],
    [
      ['run', '--', 'dropboxd', '-x'],
      ['dropboxd', '-x'],
    ],
    [
      ['run', 'dropboxd', '--', '-x'],
      ['dropboxd', '--', '-x'],
    ],
    [
      ['run', '--quiet', 'env', '--tree', '/', 'run'],
      ['env', '--tree', '/', 'run'],
    ],
    [
      ['--quiet', '--config', 'run', 'run', 'run', 'me'],
      ['run', 'me'],
    ],
    [['run', '--', '--help'], ['--help']],
    [['run', '--', '--'], ['--']],
    [['run', '-'], ['-']],
    [
      ['run', 'sleep', '--unknown-option'],
      ['sleep', '--unknown-option'],
    ],
  ])('%j leaves %j to the daemon', (words, command) => {
    expect(commandOf(words)).toEqual(command);
  });

  it('leaves COMMAND open when none is given', () => {
    expect(commandOf(['run'])).toBeNull();
    expect(commandOf(['run', '--on-refuse', 'wait', '--'])).toBeNull();
  });

  it('leaves every word after COMMAND as it is', () => {
    const word = fc.oneof(
      fc.constantFrom(...Object.keys(SWITCHES), ...Object.keys(VALUED), '--'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(commandOf(['run', '--quiet', 'daemon', ...words])).toEqual(['daemon', ...words]);
      }),
    );
  });

  it('takes a value as the next word or after an equals sign', () => {
    expect(optionsOf('--tree', '/a', '--tree=/b=c', '--gate-timeout=90s', '--stop-at', '90%')).toMatchObject({
      trees: ['/a', '/b=c'],
      gateTimeoutMs: 90_000,
      flags: { gate_timeout: '90s', stop_at: '90%' },
    });
    expect(optionsOf('--require', 'shmpages=72M', '--barrier=dcachesize=3145728')).toMatchObject({
      flags: { 'require.shmpages': '72M', 'barriers.dcachesize': '3145728' },
    });
  });

  it('takes common options before the word run', () => {
    const parsed = parseArguments(['--quiet', '--config', '/etc/x', 'run', '--verbose', 'daemon']);
    expect(parsed).toMatchObject({ value: { options: { config: '/etc/x', verbosity: 'verbose' } } });
  });

  it.each([
    [['--tre', '/', 'x'], 'unknown option --tre (did you mean --tree?)'],
    [['--tree'], '--tree needs a value'],
    [['--tree=', 'x'], '--tree needs a value'],
    [['--quiet=yes', 'x'], '--quiet takes no value'],
    [['--restart-at', '61 4 * * *', 'x'], '61 is no minute from 0 to 59'],
    [['--restart-at', '04:20', 'x'], "04:20 is not five fields of cron, as in '20 4 * * *'"],
    [['--restart-if', 'full', 'x'], 'full is not a condition: write it as in held>60%'],
    [['--on-refuse', 'maybe', 'x'], 'maybe is not available; allowed: exit, wait, degrade, start'],
    [['--on-unknown=hope', 'x'], 'allowed: start, refuse'],
    [['--require', 'shmpages', 'x'], 'RESOURCE=VALUE'],
    [['--require', 'shmpage=7', 'x'], 'did you mean shmpages?'],
    [['--require', 'numproc=7M', 'x'], 'not a number of items'],
    [['--gate-timeout', '5', 'x'], 'not a duration'],
    [['--gate-timeout', '0', 'x'], 'not between'],
    [['--stop-at', '0.9', 'x'], 'not a percentage'],
    [['--platform', 'bsd', 'x'], 'allowed: openvz-028'],
    [['--sysroot', '/s', 'x'], 'only with --dry-run'],
    [['--pid', '1', 'x'], '--pid is an option of attach'],
    [['--constructor', 'x'], 'unknown option --constructor'],
    [[''], 'an empty word'],
    [['--', ''], 'an empty word'],
  ])('run %j is refused, saying what is wrong', (words, message) => {
    expect(complaintOf(...words)).toContain(message);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.array(fc.string()), (words) => typeof parseArguments(words).ok === 'boolean'));
  });
});
