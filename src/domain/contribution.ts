// Whether a daemon is among those who fill a shared wall: a stop for what others hold would free nothing.

/** From this share of what is judged at the wall. */
const CONTRIBUTES_FROM = 0.2;
/** Or from this share of what was added since the daemon's start. */
const EXPLAINS_FROM = 0.5;

/** `mine` of `judged`, both in the row's unit. */
export const isContribution = (mine: number, judged: number): boolean => mine >= CONTRIBUTES_FROM * judged;

/** Whether the daemon's own growth is why the wall's row grew; a row that did not grow needs no explanation. */
export const explainsGrowth = (ownGrowth: number, growth: number): boolean =>
  growth > 0 && ownGrowth >= EXPLAINS_FROM * growth;
