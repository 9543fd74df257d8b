/** Expected trouble is a value: every parser and reader answers with one of these two. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const success = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const failure = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** Why a text is not what its format says, with the line (from 1) where that shows. */
export interface Malformed {
  readonly reason: string;
  readonly line: number;
}
