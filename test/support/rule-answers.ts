// What is counted by rules, beside what the reference for their syntax leaves out: path by path.

import type { Exclusions } from '../../src/domain/exclusions.ts';
import { differencesOf } from './daemon-trees.ts';
import { keptOf, pathsOf, type RuleCase, type TreePath } from './rule-cases.ts';

const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

const keptBy = (paths: readonly TreePath[], rules: Exclusions): string[] =>
  keptOf(paths, ({ path, isDirectory }) => {
    const [whole, name] = [latin1(path), latin1(path.slice(path.lastIndexOf('/') + 1))];
    return isDirectory ? rules.prunesDirectory(whole, name) : rules.skipsLeaf?.(whole, name) === true;
  });

export interface Difference {
  readonly text: string;
  readonly differences: readonly string[];
}

/** Where what is counted differs from what the reference keeps; answers are in the order of a case's paths. */
export function differingFrom(
  cases: readonly RuleCase[],
  answers: readonly (readonly boolean[] | null)[],
  rulesOf: (text: string, answer: readonly boolean[] | null) => Exclusions,
): Difference[] {
  return cases.flatMap(({ tree, text }, index) => {
    const paths = pathsOf(tree);
    const answer = answers[index] ?? null;
    const actual = keptOf(paths, (path) => answer?.[paths.indexOf(path)] === true);
    const differences = differencesOf(keptBy(paths, rulesOf(text, answer)), actual);
    return differences.length > 0 ? [{ text: text.slice(0, 500), differences }] : [];
  });
}
