// What the scripts of several inits have in common: the line that becomes the guard, as the right user, in that user's home.

import { quoteForShell } from '../formats/name-text.ts';
import { runWords, type ServicePlan } from './plan.ts';

/** Printable, on one line: for a comment or a name. */
export const titleOf = ({ command }: Pick<ServicePlan, 'command'>): string =>
  `${(command[0] ?? 'the installed sync daemon').replace(/[\p{Cc}\s]+/gu, ' ')}, guarded by syncguard`;

export const shellWords = (words: readonly string[]): string => words.map(quoteForShell).join(' ');

/** Whose statuses mean that another start would end alike: refused or stopped at a wall, not executable, not found. */
export const FINAL_STATUSES = [75, 126, 127] as const;

/** State and guards are at that user's own places, where the commands of that user find them. */
export const environmentLines = ({ user, home, nodeDirectory }: ServicePlan): string[] => [
  `export HOME=${quoteForShell(home)} USER=${quoteForShell(user)}`,
  ...(nodeDirectory === null ? [] : [`export PATH=${quoteForShell(nodeDirectory)}:"$PATH"`]),
];

export interface Switch {
  /** The program that becomes another user, with its options: `chpst -u`. */
  readonly becomes: readonly string[];
}

/** root becomes nobody else. */
const asUser = ({ user }: ServicePlan, { becomes }: Switch): readonly string[] =>
  user === 'root' ? [] : [...becomes, user];

export const renderRun = (plan: ServicePlan, how: Switch): string =>
  [
    '#!/bin/sh',
    `# ${titleOf(plan)}`,
    'exec 2>&1',
    ...environmentLines(plan),
    'cd "$HOME" || cd /',
    `exec ${shellWords([...asUser(plan, how), ...runWords(plan)])}`,
    '',
  ].join('\n');

/** `whenFinal`: what keeps this init from the next start. */
export const renderFinish = (plan: ServicePlan, how: Switch, whenFinal: string): string =>
  [
    '#!/bin/sh',
    '# Thaws what a guard left frozen that was killed itself; $1 is the status of run.',
    ...environmentLines(plan),
    shellWords([...asUser(plan, how), plan.program, 'service', 'thaw']),
    'case $1 in',
    `  ${plan.restart === 'never' ? '*' : FINAL_STATUSES.join(' | ')}) ${whenFinal} ;;`,
    'esac',
    '',
  ].join('\n');
