interface ErrorReply {
  content: { 'application/problem+json': { schema: { properties: { code: { enum: number[] } } } } };
}

/** The part of an OpenAPI document of our services that describes error replies. */
export interface DocumentedApi {
  paths: Record<string, Record<string, { responses: Record<string, { $ref: string }> }>>;
  components: { responses: Record<string, ErrorReply> };
}

/** Error codes that the document lists for a reply. Throws if it does not describe the route or the status. */
export function documentedCodes(
  { components, paths }: DocumentedApi,
  { method, path, status }: { method: string; path: string; status: number },
): number[] {
  const parts = path.split('?', 1)[0]!.split('/');
  const template = Object.keys(paths).find((each) => {
    const names = each.split('/');
    return (
      names.length === parts.length && names.every((name, n) => name.startsWith('{') || name === parts[n])
    );
  });
  const reply =
    template === undefined ? undefined : paths[template]![method.toLowerCase()]?.responses[status];
  if (reply === undefined) {
    throw new Error(`the OpenAPI document has no ${status} of ${method} ${path}`);
  }
  const name = reply.$ref.replace('#/components/responses/', '');
  return components.responses[name]!.content['application/problem+json'].schema.properties.code.enum;
}
