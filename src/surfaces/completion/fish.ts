// The completion script for fish: one function that walks the line and prints what may follow, with what it means.

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
export function renderFishCompletion(root: CommandWords): string {
  const placed = placedCommands(root);
  const by = (act: (command: CommandWords) => string): Arm[] =>
    placed.map(({ path, command }) => [[placeOf(path)], act(command)]);
  return [
    HEAD,
    renderSwitch(
      '__syncguard_commands',
      by(({ commands }) => list(commands.map(({ name, doc }) => [name, doc]))),
    ),
    renderSwitch(
      '__syncguard_options',
      by(({ options }) =>
        list(options.flatMap((each) => spellings(each).map((name) => [name, each.doc] as const))),
      ),
    ),
    renderSwitch(
      '__syncguard_valued',
      by((command) => words(valued(command).flatMap(spellings))),
    ),
    renderSwitch(
      '__syncguard_programs',
      by(({ startsProgram }) => (startsProgram ? 'return 0' : 'return 1')),
    ),
    renderSwitch('__syncguard_value', placesByAct(askingPlaces(root), actOf)),
    TAIL,
  ].join('\n');
}

type Arm = readonly [places: readonly string[], act: string];

const quote = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;

const words = (all: readonly string[]): string =>
  all.length === 0 ? 'return' : `printf '%s\\n' ${all.join(' ')}`;

const list = (all: readonly (readonly [word: string, doc: string])[]): string =>
  all.length === 0
    ? 'return'
    : `printf '%s\\t%s\\n' ${all.map(([word, doc]) => `${word} ${quote(doc)}`).join(' ')}`;

const renderSwitch = (name: string, arms: readonly Arm[]): string =>
  [
    `function ${name} --argument-names place`,
    '    switch $place',
    ...arms.flatMap(([places, act]) => [`        case ${places.map(quote).join(' ')}`, `            ${act}`]),
    '    end',
    'end',
    '',
  ].join('\n');

const actOf = (completes: Completes): string =>
  typeof completes === 'string' ? `__syncguard_${completes.replace('-', '_')}` : words(completes);

const HEAD = `# fish completion for syncguard, as "syncguard completion fish" prints it.

# Paths that the text before the cursor begins, as fish completes them anywhere.
function __syncguard_file
    complete -C "__syncguard_no_such_command $__syncguard_typed"
end

function __syncguard_folder
    __syncguard_file | string match -r '.*/$'
end

# Folders below the tree that is named on the line, or below this one.
function __syncguard_folder_below
    set -l tree $__syncguard_operands[1] .
    set -l tree (string replace -r '^~(?=/|$)' -- $HOME $tree[1])
    fish --no-config -c 'cd $argv[1]; and complete -C "__syncguard_no_such_command $argv[2]"' -- $tree "$__syncguard_typed" 2>/dev/null | string match -r '.*/$'
end

function __syncguard_daemon
    command syncguard completion daemons 2>/dev/null
end

function __syncguard_guard
    command syncguard completion guards 2>/dev/null
end

function __syncguard_whose
    switch "$__syncguard_typed"
        case 'user:*'
            printf 'user:%s\\n' (__fish_complete_users | string split -f 1 \\t)
        case 'unit:*'
            printf 'unit:%s\\n' (systemctl list-units --type=service --no-legend --plain 2>/dev/null | string split -f 1 ' ')
        case 'pid:*'
            printf 'pid:%s\\n' (__fish_complete_pids)
        case '*'
            printf '%s\\n' unit: pid: cgroup: user:
    end
end
`;

const TAIL = `# What may stand at the cursor.
function __syncguard_offer
    set -l words (commandline -opc)[2..]
    set -l place /
    set -l awaited
    set -l is_over
    set -g __syncguard_operands
    set -g __syncguard_typed (commandline -ct)
    while set -q words[1]
        set -l word $words[1]
        set -e words[1]
        if set -q awaited[1]
            set awaited
        else if test -z "$is_over" -a "$word" = --
            if __syncguard_programs $place
                __syncguard_program $words
                return
            end
            set is_over yes
        else if test -z "$is_over"; and string match -q -- '-?*' $word
            contains -- $word (__syncguard_valued $place); and set awaited $word
        else if not set -q __syncguard_operands[1]; and contains -- $word (__syncguard_commands $place | string split -f 1 \\t)
            set place (string trim -r -c / $place)/$word
        else if __syncguard_programs $place
            __syncguard_program $word $words
            return
        else
            set -a __syncguard_operands $word
        end
    end
    if set -q awaited[1]
        __syncguard_value "$place $awaited"
    else if test -z "$is_over"; and string match -q -- '--*=*' $__syncguard_typed
        set -l parts (string split -m 1 = -- $__syncguard_typed)
        set __syncguard_typed $parts[2]
        __syncguard_value "$place $parts[1]" | string replace -r '^' -- "$parts[1]="
    else if test -z "$is_over"; and string match -q -- '-*' $__syncguard_typed
        __syncguard_options $place
    else if __syncguard_programs $place
        __syncguard_program
    else if test -n "$(__syncguard_commands $place)"; and not set -q __syncguard_operands[1]
        __syncguard_commands $place
    else
        __syncguard_value "$place +"(count $__syncguard_operands)
    end
end

# The line of another program, of which these words are given.
function __syncguard_program
    complete -C (string join ' ' -- (string escape -- $argv) "$__syncguard_typed")
end

complete -c syncguard -f -a '(__syncguard_offer)'
`;
