// Stories of guarded services, told in one go: all begin at the same time in one guest, where most of their time is waiting.
// Knows: how a service is begun, cued and looked at, and how what a story saw comes back. May not know: what is to be seen.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Guest } from './guest.ts';

/** What a story saw, by the names it gave. */
export interface Seen {
  readonly [name: string]: string;
  /** The log of its guard, and what else was said meanwhile. */
  readonly log: string;
}

/** Of the guest. */
const DAEMON = '/run/obedient-daemon.pl';

/**
 * For stories, whose name is that of their service. Nothing waits for a time: 5 min of the guest's are so many that only
 * what never happens takes them.
 *   await CONDITION     until it holds
 *   saw NAME VALUE      tells what a law reads
 *   cue WORDS           tells the daemon what to do
 *   told TIMES TEXT     whether the guard has said TEXT so often
 *   main_pid            the guard's
 *   begin OPTION...     the service, guarded
 *   answers             whether it can be asked; from then on $unit and $room are the cgroups of guard and daemon
 */
const WORDS = `
  await() { while ((SECONDS < 300)); do eval "$*" >/dev/null 2>&1 && return; sleep 1; done; echo "never: $*" >&2; }
  saw() { echo "$1=\${*:2}"; }
  cue() { echo "$*" >&7; }
  told() { (($(grep -c "\${*:2}" /run/$name.log) == $1)); }
  state() { syncguard status --json | grep -o '"state":"[a-z]*"'; }
  main_pid() { systemctl show --property MainPID --value $name; }
  is_frozen() { [[ $(<$room/cgroup.events) == *"frozen $1"* ]]; }
  count_members() { cat $unit/cgroup.procs $unit/*/cgroup.procs 2>/dev/null | wc -l; }
  count_rooms() { ls -d $unit/syncguard-*[0-9] 2>/dev/null | wc -l; }
  begin() {
    unit=/sys/fs/cgroup/system.slice/$name.service
    export RUNTIME_DIRECTORY=/run/$name
    [ -p /run/$name.cues ] || mkfifo /run/$name.cues
    exec 7<>/run/$name.cues
    systemd-run --quiet --unit $name -p RuntimeDirectory=$name -p StandardError=append:/run/$name.log \\
      -p Environment=LC_ALL=C -p MemoryMax=256M -p LimitNOFILE=100000 -p Delegate=yes -p KillMode=$kill_mode \\
      syncguard run --companion on --require memory=8M "$@" perl ${DAEMON} /run/$name.cues
  }
  answers() { [ -S /run/$name/*/control ] && room=$(echo $unit/syncguard-*[0-9]); }
`;

const begun = (name: string, story: string): string => `
  (name=${name} kill_mode=control-group SECONDS=0
  ${story}
  ) >/run/${name}.seen 2>/run/${name}.trouble &`;

/** Resolves with what each story saw, once all have ended. */
export async function tellStories<Name extends string>(
  guest: Guest,
  stories: Readonly<Record<Name, string>>,
): Promise<Readonly<Record<Name, Seen>>> {
  const names = Object.keys(stories) as Name[];
  const { stdout, stderr } = await guest.run(`
    cat >${DAEMON} <<'END'\n${readFileSync(join(import.meta.dirname, 'obedient-daemon.pl'), 'utf8')}\nEND
    ${WORDS}
    ${names.map((name) => begun(name, stories[name])).join('\n')}
    wait
    for name in ${names.join(' ')}; do
      for part in seen trouble log; do echo "$(base64 -w 0 /run/$name.$part)"; done
    done`);
  const parts = stdout.split('\n').map((word) => Buffer.from(word, 'base64').toString());
  if (parts.length < 3 * names.length) throw new Error(stderr);
  const seen = names.map((name, index) => [name, seenIn(parts.slice(3 * index, 3 * index + 3))] as const);
  return Object.fromEntries(seen) as Record<Name, Seen>;
}

function seenIn([told = '', ...others]: readonly string[]): Seen {
  const pairs = told.split('\n').map((line) => {
    const [name = '', ...value] = line.split('=');
    return [name, value.join('=')] as const;
  });
  return { ...Object.fromEntries(pairs), log: others.join('') };
}
