// What an init is told when the files of a service go, and what becomes of the service that runs: read off the files themselves.

import { systemctl } from './systemd-unit.ts';

export interface Removal {
  /** Commands that are run: before the files go, and after. None of them stops what runs. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** One clause on what runs. */
  readonly remark: string;
}

type Case = readonly [RegExp, (name: string) => Removal];

const LEFT = 'what runs goes on as it is';

const unit =
  (scope: 'system' | 'user') =>
  (name: string): Removal => ({
    before: [`${systemctl(scope)} disable ${name}`],
    after: [`${systemctl(scope)} daemon-reload`],
    remark: `${LEFT}; to end it: ${systemctl(scope)} stop ${name}`,
  });

const dropIn =
  (scope: 'system' | 'user') =>
  (name: string): Removal => ({
    before: [],
    after: [`${systemctl(scope)} daemon-reload`],
    remark: `${LEFT}; to start it without the guard: ${systemctl(scope)} restart ${name}`,
  });

const told =
  (remark: (name: string) => string, before: (name: string) => string[] = () => []) =>
  (name: string): Removal => ({ before: before(name), after: [], remark: remark(name) });

/** By the first file that was installed; its name is what stands in parentheses. */
const CASES: readonly Case[] = [
  [/\/systemd\/system\/([^/]+\.service)$/, unit('system')],
  [/\/systemd\/user\/([^/]+\.service)$/, unit('user')],
  [/\/systemd\/system\/([^/]+)\.d\//, dropIn('system')],
  [/\/systemd\/user\/([^/]+)\.d\//, dropIn('user')],
  [
    /^\/etc\/init\.d\/([^/]+)$/,
    told(
      () => `${LEFT}; to end it: syncguard stop`,
      (name) => [`rc-update del ${name} default`],
    ),
  ],
  [
    /^\/etc\/sv\/([^/]+)\//,
    told((name) => `runsvdir ends what it no longer finds; then: rm /etc/service/${name}`),
  ],
  [
    /^\/etc\/s6\/sv\/([^/]+)\//,
    told((name) => `${LEFT}; to end it: rm /run/service/${name} && s6-svscanctl -an /run/service`),
  ],
  [/^\/etc\/supervisor\/conf\.d\//, told(() => `${LEFT}; to end it: supervisorctl update`)],
];

/** `path`: what was installed, without --root. */
export function removalOf(path: string): Removal {
  for (const [pattern, removal] of CASES) {
    const name = pattern.exec(path);
    if (name !== null) return removal(name[1] ?? '');
  }
  return { before: [], after: [], remark: LEFT };
}
