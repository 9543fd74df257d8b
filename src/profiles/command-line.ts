// A command line, and what prefixes in front of it changed.

export interface CommandLine {
  readonly argv: readonly string[];
  /** Set in front of it, by `env` or a shell; PWD is the directory it is started in, from ours where it is not absolute. */
  readonly variables: Readonly<Record<string, string>>;
  /** As whom `su`, `sudo` and their like run it; null: as who runs us. */
  readonly user: string | null;
}

export const plainLine = (argv: readonly string[]): CommandLine => ({ argv, variables: {}, user: null });

/** What stood in front of it counts where it says nothing itself; a directory (PWD) is entered from the one before. */
export function behindVariables(
  outer: CommandLine['variables'],
  inner: CommandLine['variables'],
): CommandLine['variables'] {
  const directory = inner['PWD'];
  const moved = directory === undefined ? {} : { PWD: directoryFrom(outer['PWD'], directory) };
  return { ...outer, ...inner, ...moved };
}

const directoryFrom = (before: string | undefined, directory: string): string =>
  before === undefined || /^[/~$]/.test(directory) ? directory : `${before}/${directory}`;
