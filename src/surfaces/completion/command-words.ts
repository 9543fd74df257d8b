// The command line as words: what completions and the manual page are rendered from.
// Knows: which words may stand where. May not know: commander, any shell.

/**
 * What may stand where a value is asked for: these words, of which one that ends in = is only begun; a path; a folder
 * below the tree that is named; unit:NAME and its like; a daemon or a guard, for whose names syncguard is asked at that time;
 * nothing that could be listed.
 */
export type Completes =
  | readonly string[]
  | 'file'
  | 'folder'
  | 'folder-below'
  | 'whose'
  | 'daemon'
  | 'guard'
  | 'nothing';

export interface ValueWords {
  readonly placeholder: string;
  readonly completes: Completes;
  readonly isOptional: boolean;
}

export interface OptionWords {
  /** With its dashes; the short one is null where there is none. */
  readonly long: string;
  readonly short: string | null;
  /** null: it takes none. */
  readonly value: ValueWords | null;
  readonly doc: string;
  readonly isRepeatable: boolean;
  /** Its value where it is not given; null: none that can be told. */
  readonly fallback: string | null;
}

export interface OperandWords {
  readonly placeholder: string;
  readonly completes: Completes;
  readonly doc: string;
  readonly isOptional: boolean;
  readonly isVariadic: boolean;
}

export interface CommandWords {
  readonly name: string;
  readonly doc: string;
  readonly options: readonly OptionWords[];
  readonly operands: readonly OperandWords[];
  readonly commands: readonly CommandWords[];
  /** The first operand is another program, and every word behind it that program's. */
  readonly startsProgram: boolean;
}

/** A command and the way to it from the program, which is the first and has none. */
export interface PlacedCommand {
  readonly path: readonly string[];
  readonly command: CommandWords;
}

export const placedCommands = (command: CommandWords, path: readonly string[] = []): PlacedCommand[] => [
  { path, command },
  ...command.commands.flatMap((each) => placedCommands(each, [...path, each.name])),
];

export const spellings = ({ long, short }: OptionWords): string[] =>
  short === null ? [long] : [short, long];

/** Of a command, the options behind which a word is their value. */
export const valued = ({ options }: CommandWords): OptionWords[] =>
  options.filter(({ value }) => value !== null && !value.isOptional);

export const isListed = (completes: Completes): boolean => completes !== 'nothing' && completes.length > 0;

/** Places by what is offered there, in a shell's words: most options stand behind several commands. */
export function placesByAct(
  entries: readonly (readonly [place: string, completes: Completes])[],
  actOf: (completes: Completes) => string,
): (readonly [places: readonly string[], act: string])[] {
  const places = new Map<string, string[]>();
  for (const [place, completes] of entries) {
    if (!isListed(completes)) continue;
    const act = actOf(completes);
    places.set(act, [...(places.get(act) ?? []), place]);
  }
  return [...places].map(([act, all]) => [all, act]);
}

/** Every place at which a value or an operand is asked for, as patterns: `/estimate --daemon`, `/config/check +0`, `/estimate +*`. */
export const askingPlaces = (root: CommandWords): (readonly [string, Completes])[] =>
  placedCommands(root).flatMap(({ path, command }) => [
    ...valued(command).flatMap((option) =>
      spellings(option).map(
        (name) => [`${placeOf(path)} ${name}`, option.value?.completes ?? 'nothing'] as const,
      ),
    ),
    ...command.operands.map(
      ({ completes, isVariadic }, index) =>
        [`${placeOf(path)} +${isVariadic ? '*' : index}`, completes] as const,
    ),
  ]);

export const placeOf = (path: readonly string[]): string => `/${path.join('/')}`;
