// Programs that run the rest of their command line: what stands behind them, under which name and with which variables.

import { basename } from 'node:path';
import { behindVariables, type CommandLine, plainLine } from './command-line.ts';
import { PREFIXES, type Prefix, SUDO } from './prefix-table.ts';
import { assignments, shellCommands, withArguments } from './shell-text.ts';

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
  if (name === 'start-stop-daemon') return behindStartStop(argv);
  if (name === 'flatpak') return behindFlatpak(argv);
  if (name === 'env') return behind(splitString(argv), PREFIXES.get(name) ?? {});
  const prefix = PREFIXES.get(name);
  return prefix === undefined ? [] : behind(argv, prefix);
}

interface Walked {
  /** Where the command begins. */
  readonly index: number;
  /** Words passed over. */
  readonly passed: readonly string[];
}

/** Over options and assignments, to the first word that is neither, or behind `--`. */
function walkOptions(argv: readonly string[], prefix: Prefix): Walked {
  let index = 1;
  while (argv[index] !== '--' && wordsTaken(argv[index], prefix) > 0)
    index += wordsTaken(argv[index], prefix);
  const passed = argv.slice(1, index);
  return { index: argv[index] === '--' ? index + 1 : index, passed };
}

/** 0: not an option, nor an assignment where one may stand. */
function wordsTaken(word: string | undefined, { valued, assigns, user, directory }: Prefix): 0 | 1 | 2 {
  if (word === undefined) return 0;
  if (assigns === true && /^\w+=/.test(word)) return 1;
  if (!word.startsWith('-') || word === '-') return 0;
  return valued?.test(word) || user?.test(word) || directory?.test(word) ? 2 : 1;
}

/** Behind it, or in one word with it: `-u ann`, `-uann`, `--user=ann`. */
function valueIn(passed: readonly string[], option: RegExp | undefined): string | null {
  if (option === undefined) return null;
  const at = passed.findIndex((word) => option.test(word));
  if (at >= 0) return passed[at + 1] ?? null;
  const inline = passed.map((word) => /^(--[\w-]+)=(.+)$/s.exec(word) ?? /^(-\w)(.+)$/s.exec(word));
  return inline.find((match) => match !== null && option.test(match[1] ?? ''))?.[2] ?? null;
}

function behind(argv: readonly string[], prefix: Prefix): CommandLine[] {
  const { index, passed } = walkOptions(argv, prefix);
  const start = index + (prefix.operands ?? 0);
  if (start >= argv.length) return [];
  const directory = valueIn(passed, prefix.directory);
  const variables = {
    ...(directory !== null && { PWD: directory }),
    ...(prefix.assigns && assignments(passed)),
  };
  const user = prefix.isUserOperand ? (argv[index] ?? null) : valueIn(passed, prefix.user);
  return [{ argv: argv.slice(start), variables, user: withoutGroup(user) }];
}

const withoutGroup = (user: string | null): string | null => user?.replace(/:.*/s, '') ?? null;

/** `start-stop-daemon --exec FILE ... -- ARG...`, as scripts of OpenRC and of Debian's own have it. */
function behindStartStop(argv: readonly string[]): CommandLine[] {
  const end = argv.indexOf('--');
  const options = argv.slice(1, end < 0 ? argv.length : end);
  const file = valueIn(options, /^(-a|--startas)$/) ?? valueIn(options, /^(-x|--exec)$/);
  if (file === null) return [];
  const directory = valueIn(options, /^(-d|--chdir)$/);
  const user = withoutGroup(valueIn(options, /^(-c|--chuid|-u|--user)$/));
  const args = end < 0 ? [] : argv.slice(end + 1);
  return [{ argv: [file, ...args], variables: directory === null ? {} : { PWD: directory }, user }];
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
  const isLogin = argv.some((word) => /^(-|-l|--login)$/.test(word));
  return text === null
    ? []
    : linesOf(text, args.slice(1)).map((line) => ({
        ...line,
        variables: behindVariables(isLogin ? { PWD: '~' } : {}, line.variables),
        user: line.user ?? user,
      }));
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
