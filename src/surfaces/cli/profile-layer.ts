// A daemon's profile as a layer of settings, below every file: what `config show -- --daemon NAME` adds.

import { SyncguardError } from '../../domain/error.ts';
import type { Settings } from '../../domain/settings.ts';
import { findProfile } from '../../profiles/index.ts';
import type { Layer, Origin } from '../../settings/settings-layers.ts';
import { daemonLeaves, valueAt } from '../../settings/settings-leaves.ts';
import type { SettingsTable } from '../../settings/settings-table.ts';

/** As files say it; what the user changed of it is said by their own origin. */
export function profileLayer(daemon: string, { profiles }: Settings): Layer {
  const found = findProfile(daemon, profiles);
  if (!found.ok)
    throw new SyncguardError(
      'unknown-profile',
      found.error.sentence,
      'choose one of these with --daemon, or leave it out',
    );
  const { match, watch, scan, cost, stop, kind, enomemSafe, prunesWatch, prunesScan } = found.value;
  const table: SettingsTable = {
    ...(stop.graceMs === undefined ? {} : { grace: stop.graceMs }),
    daemon: {
      [daemon]: {
        names: match.names,
        install_paths: match.installPaths,
        kind,
        watch_api: watch.api,
        watch_per: watch.per,
        watch_instances: watch.instances,
        scan_at_start: scan.atStart,
        reads_bodies: scan.readsBodies === true,
        rss_base: cost.rssBaseBytes.value,
        rss_per_file: cost.rssPerFileBytes.value,
        rss_per_directory: cost.rssPerDirectoryBytes.value,
        tasks: cost.tasks.value,
        open_files: cost.openFiles.value,
        index_per_file: cost.indexPerFileBytes.value,
        sides: cost.sides,
        enomem_safe: enomemSafe,
        prunes_watch: prunesWatch,
        prunes_scan: prunesScan,
        term_safe: stop.termSafe,
        kill_safe: stop.killSafe,
      },
    },
  };
  const origin: Origin = { kind: 'profile', name: daemon };
  const names = daemonLeaves(daemon).filter(({ path }) => valueAt(table, path) !== undefined);
  return {
    table,
    origins: Object.fromEntries([...names.map(({ name }) => name), 'grace'].map((name) => [name, origin])),
  };
}
