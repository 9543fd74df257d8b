// As much of JSON Schema (2020-12) as the schema of a profile uses: where a value is not what it says.

type Json = unknown;
type Schema = Readonly<Record<string, Json>>;

const isRecord = (value: Json): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: Json) => boolean>> = {
  object: isRecord,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  null: (value) => value === null,
};

const KEYWORDS = new Set(
  `$schema $id $defs title type properties required additionalProperties items minItems minLength minimum maximum enum anyOf
  $ref`.split(/\s+/),
);

/** Each trouble with its path; [] when the value fits. A keyword nobody implements here is an error of the schema. */
export function schemaTroubles(value: Json, schema: Schema, root: Schema = schema, path = '$'): string[] {
  const unknown = Object.keys(schema).filter((key) => !KEYWORDS.has(key));
  if (unknown.length > 0) throw new Error(`not known to this validator: ${unknown.join(', ')}`);
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const target = (root['$defs'] as Record<string, Schema>)[reference.replace('#/$defs/', '')];
    return schemaTroubles(value, target as Schema, root, path);
  }
  const choices = schema['anyOf'];
  if (Array.isArray(choices)) {
    const fits = choices.some((choice) => schemaTroubles(value, choice, root, path).length === 0);
    return fits ? [] : [`${path}: none of its choices`];
  }
  return [...ownTroubles(value, schema, path), ...childTroubles(value, schema, { root, path })];
}

function ownTroubles(value: Json, schema: Schema, path: string): string[] {
  const { type, enum: words, minimum, maximum, minLength, minItems } = schema;
  const troubles = [
    typeof type === 'string' && !TYPES[type]?.(value) && `not a ${type}`,
    Array.isArray(words) && !words.includes(value) && `not one of ${words.join(', ')}`,
    typeof minimum === 'number' && Number(value) < minimum && `below ${minimum}`,
    typeof maximum === 'number' && Number(value) > maximum && `above ${maximum}`,
    typeof minLength === 'number' && String(value).length < minLength && 'too short',
    typeof minItems === 'number' && Array.isArray(value) && value.length < minItems && 'too few',
  ];
  return troubles.flatMap((trouble) => (typeof trouble === 'string' ? [`${path}: ${trouble}`] : []));
}

function childTroubles(
  value: Json,
  { properties, required, items }: Schema,
  { root, path }: { root: Schema; path: string },
): string[] {
  if (Array.isArray(value) && isRecord(items))
    return value.flatMap((each, index) => schemaTroubles(each, items, root, `${path}[${index}]`));
  if (!isRecord(value) || !isRecord(properties)) return [];
  const missing = (required as string[])
    .filter((key) => !(key in value))
    .map((key) => `${path}.${key}: missing`);
  const inside = Object.entries(value).flatMap(([key, each]) => {
    const known = properties[key];
    return isRecord(known)
      ? schemaTroubles(each, known, root, `${path}.${key}`)
      : [`${path}.${key}: not known`];
  });
  return [...missing, ...inside];
}
