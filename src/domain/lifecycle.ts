// The guard's vocabulary: every phase a guarded daemon can be in, every band, every act, every reason.
// Knows: the words and their order. May not know: what leads from one to another (guard-decision.ts), clocks, processes.
// The index of a word in its list is its number in records, tables and rings: append, never reorder.

/** `starting` to `killing` are ticked; `ended`, `waiting` (a restart is due) and `held` (no more starts for now) are not. */
export const PHASES = [
  'starting',
  'running',
  'throttled',
  'paused',
  'stopping',
  'killing',
  'ended',
  'waiting',
  'held',
] as const;
export type Phase = (typeof PHASES)[number];

/** How near a wall is: below resume-at, below throttle-at, then the three bands that act. */
export const BANDS = ['ample', 'warm', 'throttle', 'pause', 'stop'] as const;
export type Band = (typeof BANDS)[number];

/**
 * What a decision asks for, as bits. They are carried out in this order: UNTHROTTLE, THROTTLE, THAW, FREEZE, TERM, KILL,
 * ALERT. UNTHROTTLE ends the duty cycle and leaves the daemon as it is; TERM is TERM and then thaw, so that it is read.
 */
export const ACTIONS = {
  FREEZE: 1,
  THAW: 2,
  THROTTLE: 4,
  UNTHROTTLE: 8,
  TERM: 16,
  KILL: 32,
  ALERT: 64,
} as const;
export type ActionName = keyof typeof ACTIONS;

/** The names of the bits set in `actions`, in the order they are carried out. */
export const actionNames = (actions: number): readonly ActionName[] =>
  ACTION_ORDER.filter((name) => (actions & ACTIONS[name]) !== 0);

const ACTION_ORDER: readonly ActionName[] = [
  'UNTHROTTLE',
  'THROTTLE',
  'THAW',
  'FREEZE',
  'TERM',
  'KILL',
  'ALERT',
];

/** Why a reading or an act is what it is; one word for each, stable in records. */
export const RULES = [
  /** Nothing to say. */
  'calm',
  /** The judged share of the wall alone. */
  'share',
  /** The kernel refused a charge within the last 10 s. */
  'failcnt',
  /** Tasks of the cgroup wait for memory. */
  'under-oom',
  /** Reclaim ran at the limit. */
  'hits',
  /** All tasks of the cgroup stood still for memory. */
  'stall',
  /** It grows although the daemon is frozen. */
  'rises-while-paused',
  /** In the stop band for a second, on a wall without any counter that could confirm it. */
  'stop-lasts',
  /** The brake is held and nothing comes free: the excess is pinned. */
  'pinned-excess',
  /** openvz-042: held nears the limit for the first time, and until then it bounds what is pinned. */
  'first-rise',
  /** openvz-042: what rose was cache. */
  'cache',
  /** The wall may do no more than this. */
  'capped',
  /** The daemon does not contribute to this wall. */
  'others',
  /** Ample for long enough and not rising. */
  'relief',
  /** A pause does not last for ever. */
  'pause-over',
  /** TERM had its time. */
  'grace-over',
  /** The wall could not be read. */
  'gap',
  /** Somebody else froze the daemon or an ancestor. */
  'frozen-by-others',
  /** Asked for by a person. */
  'command',
  /** Asked for by the clock. */
  'schedule',
  /** Slices of the slow start. */
  'slow-start',
  /** The gate refused. */
  'refused',
  /** No more starts within the window. */
  'restart-budget',
  /** Ended by the guard at the wall. */
  'stopped-at-wall',
  /** The daemon asked to be started again. */
  'own-request',
  /** Its end would be due, but TERM in the middle of a run breaks it: it is kept paused. */
  'end-put-off',
  /** It is asked to pause itself, which frees what a freeze cannot; frozen it would not hear. */
  'own-pause-asked',
  /** It has paused itself. */
  'own-pause',
] as const;
export type Rule = (typeof RULES)[number];

/** The number of a word in records and tables. */
export const phaseIndex = (phase: Phase): number => PHASES.indexOf(phase);
export const bandIndex = (band: Band): number => BANDS.indexOf(band);
export const ruleIndex = (rule: Rule): number => RULES.indexOf(rule);
