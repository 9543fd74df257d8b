// Programs that run the rest of their command line: what stands behind them, under which name and with which variables.

import { basename } from 'node:path';
import { type CommandLine, plainLine } from './command-line.ts';
import { assignments, shellCommands, withArguments } from './shell-text.ts';

/** How a program that takes options and then a command is read. */
interface Prefix {
  /** Options that take the next word. */
  readonly valued?: RegExp;
  /** Words of its own between its options and the command. */
  readonly operands?: number;
  /** Whether `NAME=value` may stand before the command. */
  readonly assigns?: true;
  /** The option that names a user. */
  readonly user?: RegExp;
  /** Whether its first operand does. */
  readonly isUserOperand?: true;
}

const SUDO: Prefix = {
  valued: /^(-[A-Za-z]*[gCDhprRtTU]|--(group|close-from|chdir|host|prompt|chroot|role|type|other-user))$/,
  user: /^(?:-[A-Za-z]*u|--user)$/,
  assigns: true,
};

/** Options as the manual pages of coreutils 9, util-linux 2.38, sudo 1.9, D-Bus 1.14 and of the others have them. */
const PREFIXES: ReadonlyMap<string, Prefix> = new Map<string, Prefix>([
  ['env', { valued: /^(-u|--unset|-C|--chdir)$/, assigns: true }],
  ['nice', { valued: /^(-n|--adjustment)$/ }],
  ['ionice', { valued: /^(-c|--class|-n|--classdata)$/ }],
  ['nohup', {}],
  ['setsid', {}],
  ['exec', { valued: /^-a$/ }],
  ['timeout', { valued: /^(-k|--kill-after|-s|--signal)$/, operands: 1 }],
  ['chrt', { valued: /^(-[TPD]|--sched-(runtime|period|deadline))$/, operands: 1 }],
  ['taskset', { operands: 1 }],
  ['stdbuf', { valued: /^(-[ioe]|--(input|output|error))$/ }],
  ['dbus-run-session', { valued: /^--(config-file|dbus-daemon)$/ }],
  [
    'xvfb-run',
    { valued: /^(-[efnpsw]|--(error-file|auth-file|server-num|server-args|xauth-protocol|wait))$/ },
  ],
  [
    'systemd-run',
    { valued: /^(-[HMpEu]|--(host|machine|property|setenv|unit|slice|description|uid|gid|nice))$/ },
  ],
  ['prlimit', {}],
  ['time', { valued: /^-[fo]$/ }],
  ['busybox', {}],
  ['sudo', SUDO],
  ['doas', { valued: /^-C$/, user: /^-[A-Za-z]*u$/ }],
  // Containers: their first process, and what changes the user there.
  ['tini', { valued: /^-[pe]$/ }],
  ['dumb-init', { valued: /^(-r|--rewrite)$/ }],
  ['gosu', { operands: 1, isUserOperand: true }],
  ['su-exec', { operands: 1, isUserOperand: true }],
  ['s6-setuidgid', { operands: 1, isUserOperand: true }],
]);

const SHELLS: ReadonlySet<string> = new Set([
  'sh',
  'bash',
  'dash',
  'ash',
  'zsh',
  'ksh',
  'mksh',
  'busybox-sh',
]);
const INTERPRETER = /^(python[\d.]*|perl[\d.]*|node)$/;

/** What a command line runs if its program is a prefix; empty: it is none, or nothing stands behind it. */
export function behindPrefix(argv: readonly string[]): readonly CommandLine[] {
  const name = basename(argv[0] ?? '');
  if (SHELLS.has(name)) return behindShell(argv);
  if (INTERPRETER.test(name)) return behindInterpreter(argv);
  if (name === 'su') return behindSu(argv);
  // With -u it takes a command as sudo does, without it is su.
  if (name === 'runuser')
    return argv.some((word) => SUDO.user?.test(word)) ? behind(argv, SUDO) : behindSu(argv);
  if (name === 'flatpak') return behindFlatpak(argv);
  if (name === 'env') return behind(splitString(argv), PREFIXES.get(name) ?? {});
  const prefix = PREFIXES.get(name);
  return prefix === undefined ? [] : behind(argv, prefix);
}

interface Walked {
  /** Where the command begins. */
  readonly index: number;
  readonly user: string | null;
  /** Words passed over. */
  readonly passed: readonly string[];
}

/** Over options and assignments, to the first word that is neither, or behind `--`. */
function walkOptions(argv: readonly string[], prefix: Prefix): Walked {
  let index = 1;
  while (argv[index] !== '--' && wordsTaken(argv[index], prefix) > 0)
    index += wordsTaken(argv[index], prefix);
  const passed = argv.slice(1, index);
  return { index: argv[index] === '--' ? index + 1 : index, user: userIn(passed, prefix.user), passed };
}

/** 0: not an option, nor an assignment where one may stand. */
function wordsTaken(word: string | undefined, { valued, assigns, user }: Prefix): 0 | 1 | 2 {
  if (word === undefined) return 0;
  if (assigns === true && /^\w+=/.test(word)) return 1;
  if (!word.startsWith('-') || word === '-') return 0;
  return valued?.test(word) || user?.test(word) ? 2 : 1;
}

function userIn(passed: readonly string[], option: RegExp | undefined): string | null {
  if (option === undefined) return null;
  const at = passed.findIndex((word) => option.test(word));
  const inline = passed.flatMap((word) => /^(?:--user=|-u)(.+)$/.exec(word)?.[1] ?? []);
  return (at < 0 ? inline[0] : passed[at + 1]) ?? null;
}

function behind(argv: readonly string[], prefix: Prefix): CommandLine[] {
  const { index, user, passed } = walkOptions(argv, prefix);
  const start = index + (prefix.operands ?? 0);
  if (start >= argv.length) return [];
  const variables = prefix.assigns ? assignments(passed) : {};
  return [{ argv: argv.slice(start), variables, user: prefix.isUserOperand ? (argv[index] ?? null) : user }];
}

/** `env -S 'nice syncthing'`: the text is words of env's own. */
const splitString = (argv: readonly string[]): readonly string[] => {
  const at = argv.findIndex((word) => word === '-S' || word === '--split-string');
  const text = at < 0 ? undefined : argv[at + 1];
  if (text === undefined) return argv;
  return [...argv.slice(0, at), ...text.split(/\s+/).filter(Boolean), ...argv.slice(at + 2)];
};

/** `sh -c TEXT NAME ARG...`, or `sh FILE ARG...`, which is that file. */
function behindShell(argv: readonly string[]): CommandLine[] {
  const { index, passed } = walkOptions(argv, { valued: /^(-[A-Za-z]*[oO]|--(rcfile|init-file))$/ });
  const rest = argv.slice(index);
  const [first] = rest;
  if (first === undefined) return [];
  const isText = passed.some((word) => /^-[A-Za-z]*c[A-Za-z]*$/.test(word));
  return isText ? linesOf(first, rest.slice(2)) : [plainLine(rest)];
}

const linesOf = (text: string, args: readonly string[]): CommandLine[] =>
  shellCommands(text).map((line) => ({ ...line, argv: withArguments(line.argv, args) }));

/** `python3 FILE ARG...` is that file, `python3 -m NAME ARG...` that module. */
function behindInterpreter(argv: readonly string[]): CommandLine[] {
  const module = argv.indexOf('-m');
  const { index, passed } = walkOptions(argv, { valued: /^-[WX]$/ });
  if (module > 0 && module < index + 1) return [plainLine(argv.slice(module + 1))];
  return index < argv.length && !passed.includes('-c') ? [plainLine(argv.slice(index))] : [];
}

/** `su [-] USER -c TEXT`: options may stand behind the user. */
function behindSu(argv: readonly string[]): CommandLine[] {
  const words = argv.slice(1).values();
  const plain: string[] = [];
  let text: string | null = null;
  for (const word of words) {
    const inline = /^--(?:session-)?command=(.*)$/s.exec(word)?.[1];
    if (inline !== undefined) text = inline;
    else if (/^(-[A-Za-z]*c|--(session-)?command)$/.test(word)) text = words.next().value ?? null;
    else if (/^(-[sgGwT]|--(shell|group|supp-group|whitelist-environment))$/.test(word)) words.next();
    else if (!word.startsWith('-')) plain.push(word);
  }
  const [user = 'root', ...args] = plain;
  return text === null
    ? []
    : linesOf(text, args.slice(1)).map((line) => ({ ...line, user: line.user ?? user }));
}

/** `flatpak run [--command=NAME] ID ARG...`: a daemon may go by its application's name. */
function behindFlatpak(argv: readonly string[]): CommandLine[] {
  if (argv[1] !== 'run') return [];
  const { index, passed } = walkOptions(argv.slice(1), { valued: /^--(command|branch|arch|runtime|cwd)$/ });
  const [application, ...args] = argv.slice(index + 1);
  if (application === undefined) return [];
  const told = /^--command=(.+)$/.exec(passed.find((word) => word.startsWith('--command=')) ?? '')?.[1];
  return [plainLine([told ?? application, ...args])];
}
