// A cgroup's freezer, of either hierarchy: descriptors opened before anybody is in it.

/** What a cgroup grip needs of the kernel; `false` from a write: refused, `trouble` says how. */
export interface Freezer {
  readonly kind: 'unified' | 'legacy-freezer';
  readonly directory: string;
  /** The last write's file and errno, for a sentence. */
  readonly trouble: string;
  freeze(): boolean;
  thaw(): boolean;
  /** Ends every process of it at once, in a rehearsal nobody, which is refused; null: each is to be ended by itself. */
  readonly kill: ((isRehearsal: boolean) => boolean) | null;
  /** Whether every process in it stands still, whoever asked for that. */
  isFrozen(): boolean;
  /** Whether this cgroup's own switch is on. */
  isSwitchedOn(): boolean;
  /** Whether a cgroup above it is frozen. */
  isFrozenAbove(): boolean;
  close(): void;
}

/** Bytes of a word as a control file wants it, made once. */
export const wordBytes = (word: string): Uint8Array => new Uint8Array(Buffer.from(`${word}\n`));
