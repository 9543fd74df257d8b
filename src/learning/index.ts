// Learning: a daemon measured on one tree or on several, each set beside what had been projected for it.
// Knows: the estimate, how a daemon is measured. May not know: argv, terminals, how a profile is written down.

import { SyncguardError } from '../domain/error.ts';
import { type LearnedProfile, learnProfile } from '../domain/learned-profile.ts';
import type { DaemonHeld, LearnedPoint } from '../domain/measured-daemon.ts';
import type { Profile } from '../domain/profile.ts';
import { failure, type Result, success } from '../domain/result.ts';
import { type EstimateRequest, estimate } from '../estimation/index.ts';
import { sitesOf } from '../estimation/sites.ts';
import { quoteForShell } from '../formats/name-text.ts';
import { renderDuration } from '../formats/quantity-text.ts';
import { hasKernelPath } from '../kernel/kernel-file.ts';
import { type MeasureRequest, measureDaemon } from './measure.ts';
import { pointOf } from './point.ts';

export interface LearnRequest {
  /** What is asked of every size; its trees and command are those of each. */
  readonly estimate: EstimateRequest;
  /** One run for each; none: one run on the daemon's own trees. */
  readonly trees: readonly string[];
  /** `{tree}` in a word stands for the tree of the run. */
  readonly command: readonly string[];
  readonly measure: Pick<MeasureRequest, 'forMs' | 'mostMs' | 'isHeard' | 'interruption'>;
  /** Before its first run. */
  onProfile(profile: Profile): void;
  onReading(tree: string | null, held: DaemonHeld, elapsedMs: number): void;
}

export interface Learned {
  /** In force before: what was projected is its. */
  readonly profile: Profile;
  readonly kernelRelease: string;
  readonly architecture: string;
  readonly points: readonly LearnedPoint[];
  readonly learned: LearnedProfile;
}

/** null: it was interrupted. Everything that can be wrong with what was asked is said before anything is started. */
export async function learn(request: LearnRequest): Promise<Result<Learned | null, SyncguardError>> {
  const runs = runsOf(request).map(siteRun);
  const outcomes: Outcome[] = [];
  for (const run of runs) if (!run.ok) return run;
  for (const run of runs) {
    if (!run.ok) return run;
    if (outcomes.length === 0) request.onProfile(run.value.profile);
    const outcome = await measured(run.value, request);
    if (!outcome.ok) return outcome;
    if (outcome.value === null) return success(null);
    outcomes.push(outcome.value);
  }
  return success(conclude(outcomes));
}

interface Run {
  readonly tree: string | null;
  readonly command: readonly string[];
  readonly asked: EstimateRequest;
}

function runsOf({ estimate: asked, trees, command }: LearnRequest): Run[] {
  const sizes = trees.length === 0 ? [null] : trees;
  return sizes.map((tree) => {
    const words = tree === null ? command : command.map((word) => word.replaceAll('{tree}', tree));
    return {
      tree,
      command: words,
      asked: { ...asked, trees: tree === null ? [] : [tree], command: words },
    };
  });
}

interface SitedRun extends Run {
  readonly profile: Profile;
  readonly paths: readonly string[];
}

/** Looks at no more than the roots: what is looked at before the daemon does is not charged to it. */
function siteRun(run: Run): Result<SitedRun, SyncguardError> {
  const { asked } = run;
  const sited = sitesOf(asked);
  if (!sited.ok) return sited;
  const paths = sited.value.sites.map(({ path }) => path);
  const [profile] = sited.value.profiles;
  if (profile === undefined || (profile.kind === 'process' && paths.length === 0 && asked.daemon === null))
    return failure(
      new SyncguardError(
        'no-daemon',
        `No profile knows ${asked.command[0]}, so the folders it syncs are not known.`,
        'name them with --tree, or say --daemon process if it syncs none',
      ),
    );
  const missing = paths.find((path) => !hasKernelPath('', `${path}/.`));
  if (missing === undefined) return success({ ...run, profile, paths });
  return failure(
    new SyncguardError('tree-missing', `There is no folder ${missing}.`, `ls -ld ${quoteForShell(missing)}`),
  );
}

interface Outcome {
  readonly profile: Profile;
  readonly kernelRelease: string;
  readonly architecture: string;
  readonly point: LearnedPoint;
}

/** The daemon first and the count behind it: a count would have the directories charged to us. */
async function measured(
  run: SitedRun,
  request: LearnRequest,
): Promise<Result<Outcome | null, SyncguardError>> {
  const { stop } = run.profile;
  const seen = await measureDaemon({
    ...request.measure,
    command: run.command,
    trees: run.paths,
    environment: request.estimate.environment,
    termSafe: stop.termSafe,
    graceMs: Math.max(stop.graceMs ?? 0, LEAST_GRACE_MS),
    onReading: (held, elapsedMs) => request.onReading(run.tree, held, elapsedMs),
  });
  if (request.measure.interruption.aborted) return success(null);
  if (!seen.ok) return failure(new SyncguardError('io', `${seen.error}.`, 'syncguard doctor'));
  const { over, end, tookMs } = seen.value;
  if (over === 'ended' && end.status !== 0) return failure(failedRun(run, end, tookMs));
  const projection = await estimate(run.asked);
  if (!projection.ok) return projection;
  const [profile] = projection.value.profiles;
  if (profile === undefined) return failure(new SyncguardError('internal', 'No profile was judged by.', ''));
  const { kernelRelease, architecture } = projection.value.platform;
  return success({
    profile,
    kernelRelease,
    architecture,
    point: pointOf(projection.value, seen.value),
  });
}

/** Longer than `run` gives: it is to be seen how long it takes. */
const LEAST_GRACE_MS = 30_000;

const failedRun = (
  { command }: Run,
  { status, signal }: LearnedPoint['measured']['end'],
  tookMs: number,
): SyncguardError =>
  new SyncguardError(
    'daemon-failed',
    `${command[0]} ended with ${signal ?? `status ${status}`} after ${renderDuration(tookMs)}: nothing was learned.`,
    `see what it says: ${command.map(quoteForShell).join(' ')}`,
  );

function conclude(outcomes: readonly Outcome[]): Learned | null {
  const [first] = outcomes;
  if (first === undefined) return null;
  const points = outcomes.map(({ point }) => point);
  const { profile, kernelRelease, architecture } = first;
  return { profile, kernelRelease, architecture, points, learned: learnProfile(points, profile) };
}
