// What an init is told when the files of a service go, read off the files themselves.

import { systemctl } from './systemd-unit.ts';

export interface Removal {
  /** Commands that are run: before the files go, and after. None of them stops what runs. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What is left to the administrator. */
  readonly next: readonly string[];
}

const NOTHING: Removal = { before: [], after: [], next: [] };

/** `paths`: what was installed, without --root. */
export function removalOf(paths: readonly string[]): Removal {
  const [path = ''] = paths;
  const [, kind, unit = '', folder] = /\/systemd\/(system|user)\/([^/]+\.service)(\.d\/)?/.exec(path) ?? [];
  if (kind !== 'system' && kind !== 'user') return NOTHING;
  const control = systemctl(kind);
  const isWrap = folder !== undefined;
  return {
    before: isWrap ? [] : [`${control} disable ${unit}`],
    after: [`${control} daemon-reload`],
    next: [`${control} ${isWrap ? 'restart' : 'stop'} ${unit}`],
  };
}
