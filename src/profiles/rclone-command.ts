// rclone's command line: its two ends, and the filter it asks for.

/** Flags without a value (rclone 1.60 `help flags`, and those of sync, copy, move and bisync since); any other takes the next word. */
const SWITCHES: ReadonlySet<string> = new Set(
  `absolute ask-password auto-confirm check-access check-first checksum copy-links create-empty-src-dirs csv daemon
  delete-after delete-before delete-during delete-empty-src-dirs delete-excluded disable-http-keep-alives disable-http2
  download dry-run dump-bodies dump-headers error-on-no-transfer fast-list files-only fix-case force help human-readable
  ignore-case ignore-case-sync ignore-checksum ignore-errors ignore-existing ignore-listing-checksum ignore-listing-modtime
  ignore-size ignore-times immutable inplace interactive links localtime log-systemd metadata no-check-certificate
  no-check-dest no-cleanup no-console no-gzip-encoding no-slow-hash no-traverse no-unicode-normalization no-update-dir-modtime
  no-update-modtime one-file-system one-way progress progress-terminal-title quiet recover recursive refresh-times
  remove-empty-dirs resilient resync server-side-across-configs size-only skip-links slow-hash-sync-only stats-one-line
  stats-one-line-date suffix-keep-extension syslog track-renames update use-cookies use-json-log use-mmap use-server-modtime
  verbose rc rc-enable-metrics rc-no-auth rc-serve local-no-check-updated local-no-preallocate local-no-set-modtime
  local-no-sparse local-case-sensitive local-case-insensitive drive-acknowledge-abuse drive-skip-gdocs drive-use-trash
  onedrive-no-versions s3-no-check-bucket s3-env-auth s3-force-path-style sftp-skip-links sftp-set-modtime`.split(
    /\s+/,
  ),
);

const LONG_OF: Readonly<Record<string, string>> = { f: 'filter', C: 'checkers', F: 'format', s: 'separator' };

export interface RcloneCommand {
  readonly subcommand: string;
  /** Words that are neither the subcommand, nor flags, nor their values. */
  readonly ends: readonly string[];
  /** Every flag with its values in order; a switch has ''. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** What pflag makes of rclone's own command line: flags anywhere, `--` ends them, `-f VALUE` and `-fVALUE`. */
export function parseRcloneCommand(argv: readonly string[]): RcloneCommand {
  const words = argv.slice(1);
  const ended = words.indexOf('--');
  const flags = new Map<string, string[]>();
  const plain: string[] = [];
  const left = (ended < 0 ? words : words.slice(0, ended)).values();
  for (const word of left) {
    const flag = flagOf(word);
    if (flag === null) plain.push(word);
    else flags.set(flag.name, [...(flags.get(flag.name) ?? []), flag.value ?? left.next().value ?? '']);
  }
  const [subcommand = '', ...ends] = ended < 0 ? plain : [...plain, ...words.slice(ended + 1)];
  return { subcommand, ends, flags };
}

/** null: not a flag. `value` null: the next word. Unknown short flags are switches, as all but four are. */
function flagOf(word: string): { name: string; value: string | null } | null {
  const [, long, value] = /^--([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) return { name: long, value: value ?? (SWITCHES.has(long) ? '' : null) };
  if (!/^-\w/.test(word)) return null;
  const name = LONG_OF[word[1] ?? ''];
  if (name === undefined) return { name: word.slice(1), value: '' };
  return { name, value: word.length > 2 ? word.slice(2).replace(/^=/, '') : null };
}

/** A colon before any slash makes it a remote, but for the backend `:local:`. */
export function localPath(end: string): string | null {
  const local = /^:local(?:,[^:]*)?:(.*)$/s.exec(end)?.[1];
  return local ?? (/^[^/]*:/.test(end) ? null : end);
}
