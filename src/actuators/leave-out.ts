// Carries a plan out: what deletes nothing is done, what deletes local copies only on demand and when all is synced,
// anything else is left to people. Everything is in the journal before it is done.
// Knows: mechanisms, the journal, the order of things. May not know: why a folder is left out, or who is told.
//
//   plan --one group a mechanism and root--> may it be done? --no--> printed, with the reason
//                                              | yes
//                           old content kept, change in the journal --> changed --> daemon told

import type { LeaveOutStep } from '../domain/leave-out.ts';
import { failure } from '../domain/result.ts';
import { editList } from './leave-out-list.ts';
import { runProgram } from './leave-out-program.ts';
import type { ApplyScene, Done, Group } from './leave-out-scene.ts';
import { switchWatcherOff } from './leave-out-watcher.ts';

export type { ApplyScene } from './leave-out-scene.ts';

export interface Applied {
  readonly step: LeaveOutStep;
  /** null: done; else why not, in one clause. */
  readonly obstacle: string | null;
  /** What is still to be known of what was done; null: nothing. */
  readonly note: string | null;
}

export async function applySteps(steps: readonly LeaveOutStep[], scene: ApplyScene): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (const group of groupsOf(steps)) {
    const done = await applyGroup(group, scene);
    const outcome = done.ok
      ? { obstacle: null, note: done.value.note }
      : { obstacle: done.error, note: null };
    applied.push(...group.steps.map((step) => ({ step, ...outcome })));
  }
  return applied;
}

function groupsOf(steps: readonly LeaveOutStep[]): Group[] {
  const groups = new Map<string, Group>();
  for (const step of steps) {
    const { root, mechanism } = step;
    const key = `${mechanism.name}\0${root}`;
    groups.set(key, { root, mechanism, steps: [...(groups.get(key)?.steps ?? []), step] });
  }
  return [...groups.values()];
}

async function applyGroup(group: Group, scene: ApplyScene): Promise<Done> {
  const { effect, consequence, means } = group.mechanism;
  if (effect === 'deletes-remote' || effect === 'needs-resync')
    return failure(`this is never done for you (${effect}): ${consequence}`);
  if (means.kind === 'printed')
    return failure('this daemon is not configured for you: what to write is above');
  if (effect === 'deletes-local' && !scene.allowsLocalDelete)
    return failure(`${consequence}; --allow-local-delete allows that`);
  switch (means.kind) {
    case 'stignore':
    case 'lsyncd-exclude-file':
      return editList(group, means.kind, scene);
    case 'syncthing-watcher':
      return switchWatcherOff(group, scene);
    case 'program':
      return runProgram(group, means, scene);
  }
}
