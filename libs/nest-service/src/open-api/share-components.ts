/** A JSON object of the document. */
type Json = Record<string, unknown>;

interface Parameter extends Json {
  name: string;
}

/** The paths of a document, by route and method. */
export type Paths = Record<string, Record<string, { parameters?: Parameter[] }>>;

/** Replaces every schema that equals a named one by a reference. Returns them all for `components.schemas`. */
export function shareSchemas(paths: Json, named: Record<string, Json>): Json {
  const names = new Map(Object.entries(named).map(([name, schema]) => [canonical(schema), name]));
  const share = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const name = mayBeNamed(value) ? names.get(canonical(value)) : undefined;
    return name === undefined ? shareInside(value) : { $ref: `#/components/schemas/${name}` };
  };
  const shareInside = (value: object): unknown =>
    Array.isArray(value)
      ? value.map(share)
      : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, share(each)]));
  Object.assign(paths, shareInside(paths));
  return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, shareInside(schema)]));
}

/**
 * Replaces each parameter that is the same in all operations that take it, and at least two do, by a reference.
 * Returns them for `components.parameters`.
 */
export function shareParameters(paths: Paths): Json {
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  const forms = new Map<string, { parameter: Parameter; text: string; uses: number }>();
  const varying = new Set<string>();
  for (const parameter of operations.flatMap(({ parameters = [] }) => parameters)) {
    const text = canonical(parameter);
    const { name } = parameter;
    const known = forms.get(name) ?? { parameter, text, uses: 0 };
    forms.set(name, { ...known, uses: known.uses + 1 });
    if (known.text !== text) {
      varying.add(name);
    }
  }
  const shared = new Map([...forms].filter(([name, { uses }]) => uses > 1 && !varying.has(name)));
  for (const operation of operations) {
    if (operation.parameters !== undefined) {
      operation.parameters = operation.parameters.map((parameter) =>
        shared.has(parameter.name) ? { $ref: `#/components/parameters/${parameter.name}` } : parameter,
      ) as Parameter[];
    }
  }
  return Object.fromEntries([...shared].map(([name, { parameter }]) => [name, parameter]));
}

/** Not a single number or text: those have no names. */
function mayBeNamed(value: object): boolean {
  return 'properties' in value || 'enum' in value || 'anyOf' in value;
}

/** The same text for objects that differ in the order of their keys only. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([left], [right]) => (left < right ? -1 : 1)))
      : each,
  );
}
