// The completion script for bash: tables from the command line's words, and the functions that look them up.

import {
  askingPlaces,
  type CommandWords,
  type Completes,
  placedCommands,
  placeOf,
  placesByAct,
  spellings,
  valued,
} from './command-words.ts';

/** `root` is the program itself. */
export const renderBashCompletion = (root: CommandWords): string =>
  [
    HEAD,
    renderCase(
      '__syncguard_describe() { # what may follow the command at $1',
      placedCommands(root).map(({ path, command }) => [[placeOf(path)], describe(command)]),
    ),
    renderCase(
      '__syncguard_value() { # what is offered at $1: a place, and an option or + and the number of an operand',
      placesByAct(askingPlaces(root), actOf),
    ),
    TAIL,
  ].join('\n');

function describe(command: CommandWords): string {
  const words = (name: string, list: readonly string[]): string => `${name}='${list.join(' ')}'`;
  return [
    words(
      'commands',
      command.commands.map(({ name }) => name),
    ),
    words('options', command.options.flatMap(spellings)),
    words('valued', valued(command).flatMap(spellings)),
    `starts_program=${command.startsProgram ? 'yes' : ''}`,
  ].join(' ');
}

/** The shell's word for what is offered. */
const actOf = (completes: Completes): string =>
  typeof completes === 'string'
    ? `__syncguard_${completes.replace('-', '_')}`
    : `__syncguard_words '${completes.join(' ')}'`;

/** The blank in a pattern is quoted, the star is not. */
const patternOf = (place: string): string => place.replace(' ', "' '");

const renderCase = (head: string, arms: readonly (readonly [readonly string[], string])[]): string =>
  [
    head,
    '  case $1 in',
    ...arms.map(([places, act]) => `    ${places.map(patternOf).join(' | ')}) ${act} ;;`),
    '  esac',
    '}',
    '',
  ].join('\n');

const HEAD = `# bash completion for syncguard, as "syncguard completion bash" prints it.

# Takes quotes and backslashes off $1, into the variable plain.
__syncguard_plain() {
  local quote= character i
  plain=
  for ((i = 0; i < \${#1}; i++)); do
    character=\${1:i:1}
    if [[ $character == "$quote" ]]; then quote=
    elif [[ -z $quote && $character == [\\"\\'] ]]; then quote=$character
    elif [[ $character == \\\\ && $quote != "'" ]]; then
      i=$((i + 1))
      plain+=\${1:i:1}
    else plain+=$character; fi
  done
}

# Words as typed: bash also splits at = and :, which are within ours. Sets words, the index in COMP_WORDS at which
# each begins, and lead, the part of the last one that readline will not replace.
__syncguard_gather() {
  local line=\${COMP_LINE:0:COMP_POINT} piece i
  words=() starts=() lead=
  for ((i = 0; i <= COMP_CWORD; i++)); do
    piece=\${COMP_WORDS[i]}
    if ((i == 0)) || [[ $line == [[:blank:]]* ]]; then
      line=\${line#"\${line%%[![:blank:]]*}"}
      words+=('') starts+=("$i") lead=
    fi
    ((i < COMP_CWORD)) || piece=$line
    line=\${line#"$piece"}
    if ((i < COMP_CWORD)) || [[ -z \${piece//[=:]/} ]]; then lead+=$piece; fi
    words[\${#words[@]} - 1]+=$piece
  done
}

# A word that ends in = or : is only begun.
__syncguard_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$value")
  [[ \${COMPREPLY[0]} != *[=:] ]] || compopt -o nospace 2>/dev/null
}

__syncguard_daemon() { __syncguard_words "$(command syncguard completion daemons 2>/dev/null)"; }
__syncguard_guard() { __syncguard_words "$(command syncguard completion guards 2>/dev/null)"; }

__syncguard_paths() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$value")
}
__syncguard_file() { __syncguard_paths -f; }
__syncguard_folder() { __syncguard_paths -d; }

# Folders below the tree that is named on the line, or below this one.
__syncguard_folder_below() {
  local tree=\${operands[0]:-.}
  [[ $tree != '~' && $tree != '~/'* ]] || tree=$HOME\${tree:1}
  compopt -o filenames -o nospace 2>/dev/null
  mapfile -t COMPREPLY < <(cd -- "$tree" 2>/dev/null && compgen -d -S / -- "$value")
}

__syncguard_whose() {
  local typed=$value
  case $value in
    user:*)
      value=\${typed#user:}
      mapfile -t COMPREPLY < <(compgen -P user: -u -- "$value")
      ;;
    unit:*)
      value=\${typed#unit:}
      mapfile -t COMPREPLY < <(compgen -P unit: -W "$(__syncguard_units)" -- "$value")
      ;;
    *:*) ;;
    *) __syncguard_words 'unit: pid: cgroup: user:' ;;
  esac
}
__syncguard_units() {
  systemctl list-units --type=service --no-legend --plain 2>/dev/null | while read -r unit _; do echo "$unit"; done
}
`;

const TAIL = `# Walks the words before the last one: place, what follows there, operands, the option that waits for its value,
# and where another program's words begin.
__syncguard_walk() {
  local i plain is_over=
  place=/ awaited= program_at=0 operands=()
  __syncguard_describe "$place"
  for ((i = 1; i < \${#words[@]} - 1; i++)); do
    __syncguard_plain "\${words[i]}"
    if [[ -n $awaited ]]; then awaited=
    elif [[ -z $is_over && $plain == -- ]]; then
      [[ -z $starts_program ]] || { program_at=$((i + 1)); return; }
      is_over=yes
    elif [[ -z $is_over && $plain == -?* ]]; then
      [[ " $valued " != *" $plain "* ]] || awaited=$plain
    elif [[ \${#operands[@]} -eq 0 && " $commands " == *" $plain "* ]]; then
      place=\${place%/}/$plain
      __syncguard_describe "$place"
    elif [[ -n $starts_program ]]; then
      program_at=$i
      return
    else operands+=("$plain"); fi
  done
  [[ -z $is_over ]] || options=
}

# The words from the one at $1 on are another command line.
__syncguard_program() {
  local at=\${starts[$1]}
  if declare -F _comp_command_offset >/dev/null; then lead= && _comp_command_offset "$at"
  elif declare -F _command_offset >/dev/null; then lead= && _command_offset "$at"
  elif (($1 == \${#words[@]} - 1)) && [[ $value != */* ]]; then mapfile -t COMPREPLY < <(compgen -c -- "$value")
  else __syncguard_file; fi
}

_syncguard() {
  local words starts lead place awaited program_at operands commands options valued starts_program
  local plain value option= i
  COMPREPLY=()
  __syncguard_gather
  __syncguard_walk
  __syncguard_plain "$lead" && lead=$plain
  __syncguard_plain "\${words[\${#words[@]} - 1]}" && value=$plain
  if ((program_at > 0)); then __syncguard_program "$program_at"
  elif [[ -n $awaited ]]; then __syncguard_value "$place $awaited"
  elif [[ -n $options && $value == --*=* ]]; then
    option=\${value%%=*}=
    value=\${value#*=}
    __syncguard_value "$place \${option%=}"
  elif [[ -n $options && $value == -* ]]; then __syncguard_words "$options"
  elif [[ -n $starts_program ]]; then __syncguard_program $((\${#words[@]} - 1))
  elif [[ -n $commands && \${#operands[@]} -eq 0 ]]; then __syncguard_words "$commands"
  else __syncguard_value "$place +\${#operands[@]}"; fi
  for i in "\${!COMPREPLY[@]}"; do
    COMPREPLY[i]=$option\${COMPREPLY[i]}
    COMPREPLY[i]=\${COMPREPLY[i]#"$lead"}
  done
}

complete -F _syncguard syncguard
`;
