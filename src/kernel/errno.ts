// The kernel's word for what went wrong, out of whatever was thrown.

/** `EACCES`, `ENOENT`...; `EUNKNOWN` for an error that carries none. */
export function errnoOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'EUNKNOWN';
}
