// A repeating line is said once per 30 s, with how often it was meant.

/** systemd's own RateLimitIntervalSec is 30 s (journald.conf(5)); a person who reads a log needs no more. */
const QUIET_MS = 30_000;
/** Different lines remembered; beyond that the oldest is forgotten, and said again if it comes again. */
const MOST_LINES = 64;

interface Said {
  readonly atMs: number;
  readonly suppressed: number;
}

export interface Repetition {
  /** The line to say now, with the count of those left out since; null: it was said less than 30 s ago. */
  note(text: string, nowMs: number): string | null;
}

export function repetition(): Repetition {
  const lines = new Map<string, Said>();
  return {
    note(text, nowMs) {
      const said = lines.get(text);
      if (said !== undefined && nowMs - said.atMs < QUIET_MS) {
        lines.set(text, { ...said, suppressed: said.suppressed + 1 });
        return null;
      }
      // Taken out first, so that the map's order is the order of last use.
      lines.delete(text);
      lines.set(text, { atMs: nowMs, suppressed: 0 });
      const [oldest] = lines.keys();
      if (lines.size > MOST_LINES && oldest !== undefined) lines.delete(oldest);
      return said === undefined || said.suppressed === 0
        ? text
        : `${text} (${said.suppressed + 1} times since it was last said)`;
    },
  };
}
