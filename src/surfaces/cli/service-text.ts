// What `service` says: the files as they would be, what was written, and the commands that are left to type.

import type { Written } from '../../actuators/installation.ts';
import { escapeForTerminal } from '../../formats/name-text.ts';
import type { InitName, Installation } from '../../inits/index.ts';

export interface ServiceReport {
  readonly action: 'print' | 'install';
  readonly init: InitName;
  readonly name: string;
  readonly scope: 'system' | 'user';
  readonly installation: Installation;
}

export interface InstalledReport extends ServiceReport {
  readonly root: string;
  /** Of each file. */
  readonly written: readonly Written[];
  readonly ran: readonly string[];
  readonly failed: string | null;
}

const octal = (mode: number): string => `0${mode.toString(8)}`;

/** One file alone is its very bytes, so that it can be redirected; of several each has a line with its name. */
export function renderPrinted({ installation }: ServiceReport): { content: string; remarks: string } {
  const { files } = installation;
  const [only] = files;
  const isOne = files.length === 1 && only !== undefined;
  const content = files
    .map(({ path, mode, content: text }) => (isOne ? text : `# ==> ${path} (${octal(mode)})\n${text}\n`))
    .join('');
  const where = isOne ? [`# ${only.path} (${octal(only.mode)})`] : [];
  return {
    content,
    remarks: linesOf([...where, ...nextOf(installation, []).map((command) => `#   ${command}`)]),
  };
}

const linesOf = (lines: readonly string[]): string =>
  lines.map((line) => `${escapeForTerminal(line)}\n`).join('');

/** What is still to be typed. */
const nextOf = ({ reload, enable }: Installation, ran: readonly string[]): string[] =>
  [...reload, ...enable].filter((command) => !ran.includes(command));

const WORD_OF: Readonly<Record<Written, string>> = {
  new: 'written   ',
  replaced: 'replaced  ',
  unchanged: 'unchanged ',
};

export function renderInstalled(report: InstalledReport): string {
  const { installation, written, ran, failed, root, name } = report;
  const files = installation.files.map(
    ({ path }, index) => `${WORD_OF[written[index] ?? 'unchanged']} ${root}${path}`,
  );
  const done = ran.map((command) => `ran        ${command}`);
  const trouble = failed === null ? [] : [`failed     ${failed}`];
  const left = nextOf(installation, ran).map((command) => `next: ${command}`);
  return linesOf([
    ...files,
    ...done,
    ...trouble,
    ...left,
    `undo: syncguard service uninstall ${root === '' ? '' : `--root ${root} `}${name}`,
  ]);
}

export const serviceJson = (report: ServiceReport | InstalledReport): object => ({
  schema: 'syncguard/service/1',
  action: report.action,
  init: report.init,
  name: report.name,
  scope: report.scope,
  files: report.installation.files.map(({ path, mode, content }, index) => ({
    path: 'root' in report ? `${report.root}${path}` : path,
    mode: octal(mode),
    content,
    ...('written' in report ? { written: report.written[index] } : {}),
  })),
  leftOut: report.installation.leftOut,
  ...('ran' in report ? { ran: report.ran, failed: report.failed } : {}),
  next: nextOf(report.installation, 'ran' in report ? report.ran : []),
});
