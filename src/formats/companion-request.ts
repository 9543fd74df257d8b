// What the sentinel asks of its companion at its start: one JSON text, the companion's only argument.

import { failure, type Result, success } from '../domain/result.ts';
import type { OnUnknown } from '../domain/settings.ts';
import type { GateRequest } from './gate-request.ts';

/** What the configuration is read from, beside the environment, which is the guard's. */
export interface ConfigurationSource {
  /** --config; null: the usual places. */
  readonly config: string | null;
  /** Settings given on the command line, as typed, by their dotted names. */
  readonly flags: Readonly<Record<string, string>>;
}

/** Of a daemon whose folders are paused by its own means, and released as far as the walls allow. */
export interface FolderRelease {
  /** As the gate was asked at the start; trees are put in folder by folder. */
  readonly gate: GateRequest;
  /** As the gate may take: beyond it the folder stays as it is. */
  readonly gateTimeoutMs: number;
  readonly onUnknown: OnUnknown;
  /** It was started in its cheap mode: everything is paused at first. */
  readonly isDegraded: boolean;
}

export interface CompanionRequest {
  /** This guard's own directory. */
  readonly runtimeDirectory: string;
  /** The daemon's name, as people call it. */
  readonly daemon: string;
  /** Its profile's id. */
  readonly profile: string;
  /** The cgroups made for the daemon; none: there is nothing to write to slowly. */
  readonly rooms: readonly { readonly directory: string; readonly kind: 'memory' | 'freezer' | 'unified' }[];
  readonly verbosity: 'quiet' | 'normal' | 'verbose';
  readonly source: ConfigurationSource;
  /** Where this guard's alerts wait. */
  readonly alerts: string;
  /** There is no daemon to accompany: what waits there is delivered, and that is all. */
  readonly isErrand?: boolean;
  /** Absent: it cannot be asked, or that gives nothing back. */
  readonly folders?: FolderRelease;
}

export const renderCompanionRequest = (request: CompanionRequest): string => JSON.stringify(request);

/** Written by the very same build: what is looked for is a command line typed by a person, not a forgery. */
export function parseCompanionRequest(text: string | undefined): Result<CompanionRequest, string> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null && 'runtimeDirectory' in value && 'rooms' in value)
      return success(value as CompanionRequest);
  } catch {
    // Said below, with what is missing.
  }
  return failure('is started by syncguard run, with one JSON argument');
}
