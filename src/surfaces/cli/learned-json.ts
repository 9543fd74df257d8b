// `learn --json`.

import { renderJson } from './json-text.ts';
import { evidenceOf, type NamedLearned, renderTable } from './learned-table.ts';

/** Schema syncguard/learn/1; bytes, milliseconds and counts; null: not known. */
export const renderLearnedJson = (named: NamedLearned): string =>
  renderJson({
    schema: 'syncguard/learn/1',
    name: named.name,
    profile: named.profile.id,
    evidence: evidenceOf(named),
    points: named.points,
    learned: named.learned,
    toml: renderTable(named),
  });
