// What one file, the environment or the command line says, read but not yet put together: as the file names it.

import type { AlertEvent } from '../domain/alert.ts';
import type { EndSafety, Profile } from '../domain/profile.ts';
import type { ResourceName } from '../domain/resource.ts';
import type { RestartMode } from '../domain/restart-policy.ts';
import type {
  AlertSettings,
  CompanionMode,
  OnRefuse,
  OnUnknown,
  RestartCondition,
} from '../domain/settings.ts';
import type { Counter, Ratio } from '../domain/units.ts';

/** Durations in ms, sizes in bytes, amounts in each row's own unit; a key that is not said is absent. */
export interface SettingsTable {
  readonly throttle_at?: Ratio;
  readonly pause_at?: Ratio;
  readonly stop_at?: Ratio;
  readonly grace?: number;
  readonly lease?: number;
  readonly on_refuse?: OnRefuse;
  readonly on_unknown?: OnUnknown;
  readonly gate_timeout?: number;
  readonly companion?: CompanionMode;
  readonly preserve_status?: boolean;
  readonly pass_notify?: boolean;
  readonly exclude?: readonly string[];
  readonly keep?: readonly string[];
  readonly restart?: RestartTable;
  readonly alerts?: AlertsTable;
  readonly require?: AmountTable;
  readonly barriers?: AmountTable;
  readonly daemon?: Readonly<Record<string, DaemonTable>>;
}

export interface RestartTable {
  readonly policy?: RestartMode;
  readonly at?: string;
  readonly time_zone?: string;
  readonly jitter?: number;
  readonly if?: RestartCondition;
  readonly min_uptime?: number;
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly hook_timeout?: number;
}

export interface AlertsTable {
  readonly events?: readonly AlertEvent[];
  readonly every?: number;
  readonly timeout?: number;
  readonly retry?: number;
  readonly machine?: string;
  readonly hook?: HookTable;
  readonly webhook?: WebhookTable;
  readonly heartbeat?: HeartbeatTable;
  readonly cachet?: CachetTable;
  readonly mail?: MailTable;
}

export interface HookTable {
  readonly command?: readonly string[];
}

interface SecretTable {
  readonly token?: string;
  readonly token_file?: string;
}

export interface WebhookTable extends SecretTable {
  readonly url?: string;
  readonly preset?: AlertSettings['webhook']['preset'];
}

export interface HeartbeatTable {
  readonly url?: string;
  readonly every?: number;
}

export interface CachetTable extends SecretTable {
  readonly url?: string;
  readonly component?: number;
}

export interface MailTable {
  readonly to?: readonly string[];
  readonly from?: string;
  readonly sendmail?: readonly string[];
}

export type AmountTable = Readonly<Partial<Record<ResourceName, Counter>>>;

/** `[daemon.NAME]`: its trees, and what it changes of the profile of that id. */
export interface DaemonTable {
  readonly trees?: readonly string[];
  readonly like?: string;
  readonly names?: readonly string[];
  readonly install_paths?: readonly string[];
  readonly kind?: Profile['kind'];
  readonly watch_api?: Profile['watch']['api'];
  readonly watch_per?: Profile['watch']['per'];
  readonly watch_instances?: number;
  readonly scan_at_start?: Profile['scan']['atStart'];
  readonly reads_bodies?: boolean;
  readonly rss_base?: number;
  readonly rss_per_file?: number;
  readonly rss_per_directory?: number;
  readonly tasks?: number;
  readonly open_files?: number;
  readonly index_per_file?: number;
  readonly sides?: number;
  readonly enomem_safe?: boolean;
  readonly prunes_watch?: boolean;
  readonly prunes_scan?: boolean;
  readonly term_safe?: EndSafety;
  readonly kill_safe?: EndSafety;
  readonly learned?: string;
  readonly error?: Ratio;
}
