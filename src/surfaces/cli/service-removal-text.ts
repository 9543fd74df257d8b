// What `service uninstall` says.

import type { Restored } from '../../actuators/installation.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';

export interface RemovalReport {
  readonly name: string;
  readonly restored: readonly Restored[];
  /** One clause for each daemon that was let go on. */
  readonly resumed: readonly string[];
  readonly ran: readonly string[];
  /** null: every command ended well. */
  readonly failed: string | null;
  /** What becomes of what runs; null: files of another machine. */
  readonly remark: string | null;
  /** Paths; []: nothing was to be purged, or there was nothing. */
  readonly purged: readonly string[];
  /** Files and folders that fit has changed and that are changed still. */
  readonly changedByFit: readonly string[];
}

export function renderRemoved(report: RemovalReport): string {
  const { name, restored, resumed, ran, failed, remark, purged, changedByFit } = report;
  const isLeft = restored.some(({ obstacle }) => obstacle !== null);
  const lines = [
    ...resumed.map((clause) => `resumed    ${clause}`),
    ...restored.map(({ path, obstacle }) =>
      obstacle === null ? `restored   ${path}` : `left       ${obstacle}`,
    ),
    ...ran.map((command) => `ran        ${command}`),
    ...(failed === null ? [] : [`failed     ${failed}`]),
    ...purged.map((path) => `removed    ${path}`),
    ...changedByFit.map((path) => `fit        has changed ${path}: syncguard fit --undo`),
    ...(isLeft ? [`next: syncguard service uninstall ${name} --force`] : []),
    ...(remark === null ? [] : [remark]),
  ];
  return lines.map((line) => `${escapeForTerminal(line)}\n`).join('');
}
