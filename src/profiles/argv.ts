// Reading a daemon's command line the way its own flag parser does.

/** The value of the first `--name value`, `--name=value`, `-name value` or `-name=value` (Go's and lsyncd's forms alike). */
export function flagValue(argv: readonly string[], names: readonly string[]): string | undefined {
  for (const [index, word] of argv.entries()) {
    const [, name = '', , value] = /^--?([\w-]+)(=(.*))?$/s.exec(word) ?? [];
    if (names.includes(name)) return value ?? argv[index + 1];
  }
  return undefined;
}
