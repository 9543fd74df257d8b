// The command that asks fit the same question as this request: what a hint names is to be typed as it stands.

import type { Settings } from '../domain/settings.ts';
import { quoteForShell } from '../formats/name-text.ts';
import type { Subject } from '../kernel/subject.ts';
import type { EstimateRequest } from './request.ts';

/** `syncguard fit ...`, every word quoted for a shell where it must be. */
export function fitCommand(
  request: EstimateRequest,
  trees: readonly string[],
  daemon: string | null,
): string {
  const { settings, beancounters, excludes, keeps, required, walls } = request;
  const words = [
    'syncguard',
    'fit',
    ...(daemon === null ? [] : ['--daemon', daemon]),
    ...subjectWords(request.subject),
    ...excludes.flatMap((glob) => ['--exclude', glob]),
    ...(request.usesIgnores ? [] : ['--no-ignores']),
    ...keeps.filter((glob) => !settings.keep.includes(glob)).flatMap((glob) => ['--keep', glob]),
    ...[...walls].flatMap(([name, value]) =>
      isConfigured(settings, name, value) ? [] : ['--barrier', `${name}=${value}`],
    ),
    ...[...required].flatMap(([name, value]) => ['--require', `${name}=${value}`]),
    ...(beancounters === null
      ? []
      : ['-f', beancounters.origin === 'standard input' ? '-' : beancounters.origin]),
    ...(request.configFile === null ? [] : ['--config', request.configFile]),
    ...(request.platform === null ? [] : ['--platform', request.platform]),
    ...(request.sysroot === '' ? [] : ['--sysroot', request.sysroot]),
    ...trees,
  ];
  return words.map(quoteForShell).join(' ');
}

const isConfigured = ({ barriers }: Settings, name: keyof Settings['barriers'], value: number): boolean =>
  barriers[name] !== undefined && Number(barriers[name]) === value;

function subjectWords(subject: Subject): string[] {
  switch (subject.kind) {
    case 'self':
      return [];
    case 'pid':
      return ['--for', `pid:${subject.pid}`];
    case 'cgroup':
      return ['--for', `cgroup:${subject.path}`];
    case 'user':
      return ['--for', `user:${subject.uid}`];
  }
}
