// The declaration of settings as a JSON Schema (draft 7, which Taplo and VS Code read) for editors.

import type { JsonSchema } from './kinds.ts';
import { type AnyNode, SETTINGS } from './settings-keys.ts';
import { DEFAULT_TABLE } from './settings-layers.ts';
import { valueAt } from './settings-leaves.ts';

export const settingsJsonSchema = (): JsonSchema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'config.toml of syncguard',
  ...schemaOf(SETTINGS, []),
});

function schemaOf(node: AnyNode, path: readonly string[]): JsonSchema {
  if (node.node === 'key') {
    const value = valueAt(DEFAULT_TABLE, path);
    const otherwise = value === undefined ? {} : { default: node.kind.write(value) };
    return { description: node.doc, ...node.kind.schema, ...otherwise };
  }
  const described = { type: 'object', description: node.doc };
  if (node.node === 'named') return { ...described, additionalProperties: schemaOf(node.each, path) };
  const properties = Object.entries(node.entries).map(([name, below]) => [
    name,
    schemaOf(below, [...path, name]),
  ]);
  return { ...described, properties: Object.fromEntries(properties), additionalProperties: false };
}
