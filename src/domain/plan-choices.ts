// Choices of folders and what they cost; of many, those worth keeping: none is beaten by a cheaper one in every need.
// Knows: steps and amounts. May not know: where in a tree a folder lies; whoever joins two choices knows that they are disjoint.

/** The loss is counted in parts of all entries: a quarter of a percent is as good as nothing to anybody. */
export const STEPS = 400;
/** One more folder to name is worth it where it spares a tenth of the tree: few large ones are what people would choose. */
export const FOLDER_STEPS: number = STEPS / 10;
export const CHEAPEST_STEPS: number = FOLDER_STEPS + 1;
/** A plan dearer than twice the whole tree names up to 19 folders for hardly anything: it is none. */
export const MOST_STEPS: number = 2 * STEPS;
/** How many choices of one sum of steps are kept apart, where several needs make them hard to compare. */
export const MOST_PER_SUM = 16;

/** What leaving out one folder costs, in steps: its share of all entries, rounded up, and the naming of it. */
export const stepsOf = (entries: number, totalEntries: number): number =>
  FOLDER_STEPS + Math.ceil((STEPS * entries) / Math.max(1, totalEntries));

export interface Folder {
  readonly tree: number;
  readonly row: number;
}

export interface Choice {
  readonly steps: number;
  readonly entries: number;
  /** Towards each need, never more than it asks for. */
  readonly gives: readonly number[];
  /** The one folder it is, or the two choices it joins; neither: nothing is chosen. */
  readonly of: Folder | readonly [Choice, Choice] | null;
}

/** Choices in one part of a tree, cheapest first; the first chooses nothing. */
export type Frontier = readonly Choice[];

export function foldersIn({ of }: Choice): Folder[] {
  if (of === null) return [];
  return 'tree' in of ? [of] : of.flatMap(foldersIn);
}

const nothingFor = (amounts: readonly number[]): Choice => ({
  steps: 0,
  entries: 0,
  gives: amounts.map(() => 0),
  of: null,
});

export const emptyFrontier = (amounts: readonly number[]): Frontier => [nothingFor(amounts)];

const isAtLeast = (a: Choice, b: Choice): boolean =>
  a.gives.every((gives, need) => gives >= (b.gives[need] ?? 0));

/** Cheapest first; among equally cheap ones those that give more of everything, then those that take less of the tree. */
const inOrder = (a: Choice, b: Choice): number =>
  a.steps - b.steps || sum(b.gives) - sum(a.gives) || a.entries - b.entries;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What no cheaper or equally cheap one beats. */
export function frontierOf(choices: readonly Choice[]): Frontier {
  const kept: Choice[] = [];
  let strongest: Choice[] = [];
  let ofThisSum = 0;
  for (const choice of [...choices].sort(inOrder)) {
    if (strongest.some((other) => isAtLeast(other, choice))) continue;
    ofThisSum = kept.at(-1)?.steps === choice.steps ? ofThisSum + 1 : 1;
    if (ofThisSum > MOST_PER_SUM) continue;
    kept.push(choice);
    strongest = [...strongest.filter((other) => !isAtLeast(choice, other)), choice];
  }
  return kept;
}

/** Both together, for choices in places of which none lies inside the other. */
export function join(one: Frontier, other: Frontier, amounts: readonly number[]): Frontier {
  const joined: Choice[] = [];
  for (const a of one) {
    for (const b of other) {
      if (a.steps + b.steps > MOST_STEPS) break;
      joined.push(joinTwo(a, b, amounts));
    }
  }
  return frontierOf(joined);
}

function joinTwo(a: Choice, b: Choice, amounts: readonly number[]): Choice {
  if (a.of === null) return b;
  if (b.of === null) return a;
  return {
    steps: a.steps + b.steps,
    entries: a.entries + b.entries,
    gives: amounts.map((amount, need) => Math.min(amount, (a.gives[need] ?? 0) + (b.gives[need] ?? 0))),
    of: [a, b],
  };
}

/** More of one kind than a plan can name are never all used. */
const MOST_ALIKE: number = Math.floor(MOST_STEPS / CHEAPEST_STEPS);

/**
 * One folder's subfolders. A library may have 75 000 of them, almost all too small to have a choice inside them and to be
 * told apart by steps: of those that cost the same only as many are kept as a plan can name, unless none of these beats them.
 */
export interface Subfolders {
  readonly large: Frontier[];
  small: Choice[];
  /** How many small ones may gather before they are looked through. */
  trimAt: number;
}

const TRIM_AT: number = 4 * MOST_ALIKE;

export const noSubfolders = (): Subfolders => ({ large: [], small: [], trimAt: TRIM_AT });

export function gather(subfolders: Subfolders, frontier: Frontier): void {
  const [, only, more] = frontier;
  if (only === undefined) return;
  if (more !== undefined) {
    subfolders.large.push(frontier);
    return;
  }
  subfolders.small.push(only);
  if (subfolders.small.length < subfolders.trimAt) return;
  subfolders.small = worthKeeping(subfolders.small);
  subfolders.trimAt = Math.max(TRIM_AT, 2 * subfolders.small.length);
}

/** All of them together. */
export function joinAll({ large, small }: Subfolders, amounts: readonly number[]): Frontier {
  const nothing = emptyFrontier(amounts);
  const parts = [...large, ...worthKeeping(small).map((one) => [...nothing, one])];
  return parts.reduce((all, part) => join(all, part, amounts), nothing);
}

function worthKeeping(choices: readonly Choice[]): Choice[] {
  const kept = new Map<number, Choice[]>();
  for (const choice of [...choices].sort(inOrder)) {
    const alike = kept.get(choice.steps);
    if (alike === undefined) kept.set(choice.steps, [choice]);
    else if (alike.filter((other) => isAtLeast(other, choice)).length < MOST_ALIKE) alike.push(choice);
  }
  return [...kept.values()].flat();
}
