// A command line, and what prefixes in front of it changed.

export interface CommandLine {
  readonly argv: readonly string[];
  /** Set in front of it, by `env` or a shell. */
  readonly variables: Readonly<Record<string, string>>;
  /** As whom `su`, `sudo` and their like run it; null: as who runs us. */
  readonly user: string | null;
}

export const plainLine = (argv: readonly string[]): CommandLine => ({ argv, variables: {}, user: null });
