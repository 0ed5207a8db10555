/** A JSON Schema, as far as our documents use it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
}

interface Row {
  path: string;
  isRequired: boolean;
  type: string;
}

/**
 * A table of the fields of a schema, those of nested objects by their path; a sentence if it has none. `presence` heads
 * the column that says whether a field may be missing.
 */
export function tableOf(schema: Schema, presence: 'required' | 'always'): string {
  const rows = rowsOf(schema, '');
  if (rows.length === 0) {
    return hasFields(schema) ? 'No fields.' : `${capitalise(typeOf(schema))}.`;
  }
  const lines = rows.map(
    ({ isRequired, path, type }) => `| ${code(path)} | ${isRequired ? 'yes' : 'no'} | ${type} |`,
  );
  return [`| field | ${presence} | value |`, '| --- | --- | --- |', ...lines].join('\n');
}

/** What a value may be, in words; a shared schema as a link to its section. */
export function typeOf(schema: Schema): string {
  const { additionalProperties, items } = schema;
  const ref = nameOf(schema);
  if (ref !== undefined) {
    return `[${ref}](schemas.md#${ref.toLowerCase()})`;
  }
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) {
    return [...new Set(variants.map(typeOf))].join(' or ');
  }
  if (schema.enum !== undefined) {
    return schema.enum.map((value) => code(String(value))).join(', ');
  }
  if ('const' in schema) {
    return code(JSON.stringify(schema.const));
  }
  if (items !== undefined) {
    return `list of ${typeOf(items)}${rangeOf(schema.minItems, schema.maxItems, ' entries')}`;
  }
  if (hasFields(schema)) {
    return typeof additionalProperties === 'object' && Object.keys(schema.properties ?? {}).length === 0
      ? 'object with any fields'
      : 'object';
  }
  const types = [schema.type ?? 'any value'].flat();
  return `${types.join(' or ')}${limitsOf(schema)}`;
}

/** Text for the cell of a table. */
export function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}

function rowsOf(schema: Schema, prefix: string): Row[] {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants !== undefined) {
    return mergeVariants(variants.map((variant) => rowsOf(variant, prefix)));
  }
  if (schema.items !== undefined) {
    return rowsOf(schema.items, `${prefix}[]`);
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const { description } = property;
    const type = cell(description === undefined ? typeOf(property) : `${typeOf(property)}. ${description}`);
    const isRequired = schema.required?.includes(name) ?? false;
    return [{ path, isRequired, type }, ...rowsOf(property, path)];
  });
}

/** A field of several variants is listed once, with the values of all of them. */
function mergeVariants(variants: Row[][]): Row[] {
  const merged = new Map<string, Row>();
  for (const row of variants.flat()) {
    const known = merged.get(row.path);
    if (known === undefined) {
      merged.set(row.path, { ...row });
    } else if (!known.type.split(' or ').includes(row.type)) {
      known.type = `${known.type} or ${row.type}`;
    }
  }
  return [...merged.values()].map((row) => ({
    ...row,
    isRequired: variants.every((rows) =>
      rows.some(({ isRequired, path }) => path === row.path && isRequired),
    ),
  }));
}

function nameOf({ $ref }: Schema): string | undefined {
  return $ref?.replace('#/components/schemas/', '');
}

function hasFields({ properties, type }: Schema): boolean {
  return type === 'object' || properties !== undefined;
}

function limitsOf({ format, maximum, maxLength, minimum, minLength, pattern }: Schema): string {
  const isSafe = (limit: number | undefined): number | undefined =>
    limit === undefined || Math.abs(limit) === Number.MAX_SAFE_INTEGER ? undefined : limit;
  return [
    rangeOf(isSafe(minimum), isSafe(maximum), ''),
    rangeOf(minLength, maxLength, ' characters'),
    // The pattern of a format says nothing more.
    format !== undefined ? `, ${format}` : pattern === undefined ? '' : `, matches ${code(pattern)}`,
  ].join('');
}

function rangeOf(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) {
    return '';
  }
  if (most === undefined) {
    return `, at least ${least}${unit}`;
  }
  return least === undefined ? `, at most ${most}${unit}` : `, ${least} to ${most}${unit}`;
}

function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${text}${fence}`;
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
