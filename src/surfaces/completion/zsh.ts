// The completion script for zsh: one function a command, each a call of _arguments.

import {
  type CommandWords,
  type Completes,
  isListed,
  type OperandWords,
  type OptionWords,
  placedCommands,
  spellings,
} from './command-words.ts';

/** `root` is the program itself. */
export const renderZshCompletion = (root: CommandWords): string =>
  [
    HEAD,
    ...placedCommands(root).map(({ path, command }) => renderFunction([root.name, ...path], command)),
    TAIL,
  ].join('\n');

/** Both are quoted as one word of the shell; what _arguments reads in them is quoted for it before. */
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const plain = (text: string): string => text.replaceAll(/[\\:[\]]/g, '\\$&');

function renderFunction(path: readonly string[], command: CommandWords): string {
  const specs = [...command.options.flatMap(optionSpecs), ...operandSpecs(command)].map(quote);
  const lines = [
    `_${path.join('_')}() {`,
    '  local curcontext=$curcontext state state_descr',
    '  local -a line found',
    '  typeset -A opt_args',
    `  _arguments -C -s -S ${['', ...specs].join(' \\\n    ')} && return`,
    ...(command.commands.length > 0 ? commandLines(path, command.commands) : []),
    '  return 1',
    '}',
    '',
  ];
  return lines.join('\n');
}

const commandLines = (path: readonly string[], commands: readonly CommandWords[]): string[] => [
  '  case $state in',
  '    command)',
  `      found=(${commands.map(({ name, doc }) => quote(`${name}:${doc}`)).join(' ')})`,
  '      _describe -t commands command found && return',
  '      ;;',
  '    words)',
  `      curcontext=\${curcontext%:*}-$line[1]:`,
  '      case $line[1] in',
  ...commands.map(({ name }) => `        ${name}) _${[...path, name].join('_')} && return ;;`),
  '      esac',
  '      ;;',
  '  esac',
];

function optionSpecs(option: OptionWords): string[] {
  const { short, long, value, doc, isRepeatable } = option;
  const before = isRepeatable ? '*' : short === null ? '' : `(${short} ${long})`;
  const after =
    value === null
      ? ''
      : `:${value.isOptional ? ':' : ''}${plain(value.placeholder)}:${actOf(value.completes)}`;
  return spellings(option).map((name) => {
    const sign = value === null ? '' : name === long ? '=' : '+';
    return `${before}${name}${sign}[${plain(doc)}]${after}`;
  });
}

function operandSpecs({ operands, commands, startsProgram }: CommandWords): string[] {
  if (commands.length > 0) return ['(-):command:->command', '(-)*::word:->words'];
  if (startsProgram) return ['(-):command: _command_names -e', '(-)*::word: _normal'];
  return operands.map(operandSpec);
}

const operandSpec = ({ placeholder, completes, isOptional, isVariadic }: OperandWords): string =>
  `${isVariadic ? '*' : isOptional ? ':' : ''}:${plain(placeholder)}:${actOf(completes)}`;

/** The action of _arguments. */
function actOf(completes: Completes): string {
  if (!isListed(completes)) return ' ';
  if (typeof completes === 'string') return ACT_OF[completes] ?? ' ';
  const isBegun = completes[0]?.endsWith('=') === true;
  return isBegun ? `{compadd -S '' -- ${completes.join(' ')}}` : `(${completes.join(' ')})`;
}

const ACT_OF: Readonly<Record<string, string>> = {
  file: '_files',
  folder: '_files -/',
  'folder-below': '_syncguard-folder-below',
  whose: '_syncguard-whose',
  daemon: '_syncguard-daemon',
  guard: '_syncguard-guard',
};

const HEAD = `#compdef syncguard
# zsh completion for syncguard, as "syncguard completion zsh" prints it.

# Folders below the tree that is named on the line, or below this one.
_syncguard-folder-below() {
  local tree=\${(Q)line[1]:-.}
  [[ $tree == '~' || $tree == '~/'* ]] && tree=$HOME\${tree#?}
  _files -/ -W "\${tree:a}"
}

_syncguard-daemon() { compadd -- $(command syncguard completion daemons 2>/dev/null) }
_syncguard-guard() { compadd -- $(command syncguard completion guards 2>/dev/null) }

_syncguard-whose() {
  if compset -P user:; then _users
  elif compset -P pid:; then _pids
  elif compset -P unit:; then
    compadd -- \${\${(f)"$(systemctl list-units --type=service --no-legend --plain 2>/dev/null)"}%% *}
  else compadd -S '' -- unit: pid: cgroup: user:; fi
}
`;

const TAIL = `# Found in fpath it is called to complete; sourced it says what it completes.
if [[ $funcstack[1] == _syncguard ]]; then _syncguard "$@"
else compdef _syncguard syncguard; fi
`;
