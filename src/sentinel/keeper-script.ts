// The shell that ends a pause when its guard is gone: builtins only once it is ready, every descriptor opened before.
// Knows: the lines of its pipe, and the act per kind of grip. May not know: walls, why the daemon is held.
//
//   C, K          what is to happen if nothing more is heard: continue it, or end it
//   S             the guard is stopped together with its daemon (Ctrl-Z): silence is meant, its death is not
//   P 12/345 ...  its processes, each with its start time; `A ...` adds to them
//   E             the guard is through: end without an act
//   end of file   the guard is gone: act at once, and end
//   silence       nine reads in a row timed out: act, and go on listening (bash alone can time a read)
//
// A shell, because it is there and small (dash: 116 KiB of its own); warmed up, because at an exhausted memory cgroup the
// first use of a page or a buffer waits for ever: cold shells acted 0 of 5 times there.

export type KeeperShell = 'bash' | 'dash';

/** What is held, and by what; `directory` is the cgroup's. */
export type KeeperHold =
  | { readonly kind: 'unified'; readonly directory: string; readonly hasKill: boolean }
  | { readonly kind: 'legacy-freezer'; readonly directory: string }
  | { readonly kind: 'signals' };

export interface KeeperOrder {
  readonly shell: KeeperShell;
  readonly hold: KeeperHold;
  readonly leaseMs: number;
}

/** The pipe whose only writer is the guard. */
export const KEEPER_PIPE = 3;

/** A frozen or suspended machine lets one read time out when it goes on, never nine in a row. */
const SILENT_READS = 9;
/** After so many rounds every function has been parsed, every buffer been used and every page touched. */
const REHEARSALS = 100;

/** sh; it says `open` when its pipe may be opened, waits for a line, and says `ready`. */
export function renderKeeper({ shell, hold, leaseMs }: KeeperOrder): string {
  return [
    "trap '' HUP INT QUIT TERM USR1 USR2 PIPE TSTP TTIN TTOU",
    'set -f',
    ...SPARED,
    // A pipe that has no writer yet: the guard opens it by /proc/PID/fd. Node itself makes only sockets, whose every
    // write needs memory; a pipe that is being read reuses its page.
    shell === 'bash' ? `exec ${KEEPER_PIPE}< <(:)` : `exec ${KEEPER_PIPE}<<E\nE`,
    ...IDENTITY,
    ...ACTS[hold.kind](hold),
    ...READING[shell](leaseMs / SILENT_READS),
    `listed_in=${hold.kind === 'signals' ? '' : quote(`${hold.directory}/cgroup.procs`)}`,
    ...REHEARSAL,
    ...openings(hold),
    'echo open; read -r go; exec 0</dev/null; echo ready; exec 1>/dev/null',
    "will=C members='' said='' silent=0",
    'listen',
  ].join('\n');
}

/** The OOM killer shall not meet it first; lowering is refused without CAP_SYS_RESOURCE, and then it stays. */
const SPARED = [
  'read -r score </proc/$$/oom_score_adj',
  `[ "\${score:-0}" -le 0 ] || echo 0 >/proc/$$/oom_score_adj`,
];

/**
 * Whether PID/START is still that process. What cannot be looked at is taken for it: at an exhausted container an open may
 * fail, its processes stand still, and a signal to one that is gone is refused.
 */
const IDENTITY = [
  'is_same() {',
  `  start=\${1#*/}`,
  `  read -r stat <"/proc/\${1%/*}/stat" || return 0`,
  `  set -- \${stat##*") "}`,
  `  [ "\${20}" = "$start" ]`,
  '}',
  `tell_members() { for member in $members; do is_same "$member" && kill -$1 "\${member%/*}"; done; }`,
];

const ACTS: Readonly<Record<KeeperHold['kind'], (hold: KeeperHold) => string[]>> = {
  unified: (hold) => [
    'resume() { echo 0 >&4; }',
    hold.kind === 'unified' && hold.hasKill
      ? 'finish() { echo 1 >&5; echo 0 >&4; }'
      : 'finish() { echo 1 >&4; tell_listed; echo 0 >&4; }',
    ...LISTING,
  ],
  // KILL reaches a task of the v1 freezer only when it is thawed; frozen before, nobody forks behind the list.
  'legacy-freezer': () => [
    'resume() { echo THAWED >&4; }',
    'finish() { echo FROZEN >&4; tell_listed; tell_listed; echo THAWED >&4; }',
    ...LISTING,
  ],
  signals: () => ['resume() { tell_members $cont; }', 'finish() { tell_members $end; }'],
};

/**
 * The kernel's own list; where it cannot be opened, what the guard has told last. v1 lists a process of an outer pid
 * namespace as 0, which to kill is everybody.
 */
const LISTING = [
  'tell_listed() {',
  '  listed=',
  '  while read -r pid; do listed=1; [ "$pid" -gt 0 ] && kill -$end "$pid"; done <"$procs"',
  '  [ -n "$listed" ] || tell_members $end',
  '}',
];

const READING: Readonly<Record<KeeperShell, (sliceMs: number) => string[]>> = {
  bash: (sliceMs) => [
    ...HEARING,
    'listen() {',
    '  while :; do',
    `    read -r -t ${sliceMs / 1_000} -u ${KEEPER_PIPE} line`,
    '    case $? in',
    '      0) hear; continue ;;',
    '      1) carry_out; exit 0 ;;',
    '    esac',
    // A read that times out between a letter and its line's end keeps what it has: the rest comes with the next.
    '    said=$said$line silent=$((silent + 1))',
    `    [ $silent -eq ${SILENT_READS} ] || continue`,
    // Whoever was frozen together with the guard finds what it said in between.
    `    if read -r -t 0.01 -u ${KEEPER_PIPE} line; then hear; else said=$said$line; [ "$will" = S ] || carry_out; fi`,
    '    [ "$will" = C ] || silent=0',
    '  done',
    '}',
    `overhear() { read -r -t 1 -u ${KEEPER_PIPE} line; }`,
  ],
  dash: () => [
    ...HEARING,
    `listen() { while read -r line <&${KEEPER_PIPE}; do hear; done; carry_out; exit 0; }`,
    `overhear() { read -r line <&${KEEPER_PIPE}; }`,
  ],
};

/** K is done twice: what was forked between list and kill is met the second time. */
const HEARING = [
  'carry_out() { if [ "$will" = K ]; then finish; finish; else resume; fi; }',
  'hear() {',
  "  line=$said$line said='' silent=0",
  '  case $line in',
  '    [CKS]) will=$line ;;',
  `    P*) members=\${line#P} ;;`,
  `    A*) members="$members\${line#A}" ;;`,
  '    E) exit 0 ;;',
  '  esac',
  '}',
];

/** Above PID_MAX_LIMIT: nobody's. */
const NOBODY = 4_194_305;

/** Functions within functions; the act itself stands below `listen` alone. */
const DEPTH = 8;

/**
 * Both wills on /dev/null and on itself, by harmless signals; also with a list that cannot be opened and a process that
 * is gone, and deeper in the stack than they will ever be: a first page of stack is what bash waited for in 3 of 8 trials.
 */
const REHEARSAL = [
  'exec 4>/dev/null 5>/dev/null',
  `read -r stat </proc/$$/stat; set -- \${stat##*") "}`,
  `own="$$/\${20}" cont=CONT end=0 round=0 said='' silent=0`,
  // A list of 64 is walked once too: its words are memory as well.
  'many=$own; for twice in 1 2 3 4 5 6; do many="$many $many"; done',
  'rehearse() {',
  `  while [ $round -lt ${REHEARSALS} ]; do`,
  `    line="P $own ${NOBODY}/1"; [ $round -gt 0 ] || line="P $many"; hear`,
  '    procs=/proc/$$/absent; line=K; hear; carry_out',
  '    procs=$listed_in; line=K; hear; carry_out',
  '    line=C; hear; carry_out',
  '    kill -CONT $$; overhear',
  '    round=$((round + 1)) silent=$((silent + 1))',
  '  done',
  '}',
  `descend() { if [ $1 -gt 0 ]; then descend $(($1 - 1)); else rehearse; fi; }; descend ${DEPTH}`,
  'end=KILL',
];

/** A shell ends where a redirection of `exec` fails; the guard then knows that this keeper could not act. */
function openings(hold: KeeperHold): string[] {
  if (hold.kind === 'signals') return [];
  const file = hold.kind === 'unified' ? 'cgroup.freeze' : 'freezer.state';
  const freezer = `[ -w ${quote(`${hold.directory}/${file}`)} ] && exec 4>${quote(`${hold.directory}/${file}`)} || exit 1`;
  return hold.kind === 'unified' && hold.hasKill
    ? [freezer, `exec 5>${quote(`${hold.directory}/cgroup.kill`)} || exit 1`]
    : [freezer];
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
