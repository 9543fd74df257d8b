// The supervisors that services are written for, each with one service directory or configuration of ours, and what it says.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Running, start } from './ending.ts';

export interface SupervisorPlace {
  /** Where the service was installed below. */
  readonly root: string;
  readonly name: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** As the supervisor sees the service: final is down, and not to be started again. */
export type Seen = 'up' | 'down' | 'final';

export interface Supervisor {
  /** Starts it with the service. */
  supervise(place: SupervisorPlace): Running;
  /** What is typed to end the service alone. */
  stop(place: SupervisorPlace): void;
  see(place: SupervisorPlace): Seen;
}

const ask = (file: string, words: readonly string[]): string => {
  const { stdout, stderr } = spawnSync(file, words, { encoding: 'utf8' });
  return `${stdout}${stderr}`;
};

const runitDirectory = ({ root, name }: SupervisorPlace): string => join(root, 'etc/sv', name);

const runit: Supervisor = {
  supervise(place) {
    // Its log goes to /var/log, which is this machine's.
    rmSync(join(runitDirectory(place), 'log'), { recursive: true });
    return start('runsv', [runitDirectory(place)], { env: place.environment });
  },
  stop: (place) => void ask('sv', ['down', runitDirectory(place)]),
  see(place) {
    const said = ask('sv', ['status', runitDirectory(place)]);
    if (said.startsWith('run:')) return 'up';
    // "want up" stands where it would be started again.
    return /^down:.*normally up$/m.test(said) ? 'final' : 'down';
  },
};

const s6Directory = ({ root, name }: SupervisorPlace): string => join(root, 'etc/s6/sv', name);

const s6: Supervisor = {
  supervise: (place) => start('s6-supervise', [s6Directory(place)], { env: place.environment }),
  stop: (place) => void ask('s6-svc', ['-d', s6Directory(place)]),
  see(place) {
    const said = ask('s6-svstat', ['-o', 'up,wantedup', s6Directory(place)]).trim();
    if (said === 'true true') return 'up';
    return said === 'false false' ? 'final' : 'down';
  },
};

const supervisordFile = ({ root }: SupervisorPlace): string => join(root, 'supervisord.conf');

const supervisord: Supervisor = {
  supervise(place) {
    const { root, name, environment } = place;
    const program = join(root, 'etc/supervisor/conf.d', `${name}.conf`);
    writeFileSync(program, readFileSync(program, 'utf8').replace('/var/log/supervisor', root));
    mkdirSync(join(root, 'var'), { recursive: true });
    writeFileSync(
      supervisordFile(place),
      `[supervisord]
nodaemon=true
logfile=${root}/supervisord.log
pidfile=${root}/supervisord.pid
[unix_http_server]
file=${root}/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${root}/supervisor.sock
[include]
files=${root}/etc/supervisor/conf.d/*.conf
`,
    );
    return start('supervisord', ['-c', supervisordFile(place)], { env: environment });
  },
  stop: (place) => void ask('supervisorctl', ['-c', supervisordFile(place), 'stop', place.name]),
  see(place) {
    const said = ask('supervisorctl', ['-c', supervisordFile(place), 'status', place.name]);
    if (/\bRUNNING\b/.test(said)) return 'up';
    return /\b(EXITED|STOPPED)\b/.test(said) ? 'final' : 'down';
  },
};

export type SupervisorName = 'runit' | 's6' | 'supervisord';
export const SUPERVISORS: Readonly<Record<SupervisorName, Supervisor>> = { runit, s6, supervisord };
