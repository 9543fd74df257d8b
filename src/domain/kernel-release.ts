// `uname -r` as numbers that compare. Knows: how releases are spelled. May not know: what changed in which.

/** Major and minor version; stable and distribution suffixes never change an object's size in the table. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
  /** Third number, 0 when absent: tells 2.6.18 from 2.6.32. */
  readonly patch: number;
}

/** null when the text does not begin with two numbers (`unknown`). */
export function kernelVersionOf(release: string): KernelVersion | null {
  const match = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(release);
  if (match === null) return null;
  return { major: Number(match[1]), minor: Number(match[2]), patch: Number(match[3] ?? 0) };
}

/** Whether `release` is at least `floor`; false when the release is unknown. */
export function isAtLeast(release: string, floor: string): boolean {
  const [have, need] = [kernelVersionOf(release), kernelVersionOf(floor)];
  if (have === null || need === null) return false;
  if (have.major !== need.major) return have.major > need.major;
  if (have.minor !== need.minor) return have.minor > need.minor;
  return have.patch >= need.patch;
}
