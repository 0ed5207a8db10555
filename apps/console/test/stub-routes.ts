export type StubReply = Record<string, unknown>;

/** What a request has: the groups of the route's pattern, the query and the JSON body. */
export interface StubRequest {
  groups: Record<string, string>;
  query: URLSearchParams;
  body: Record<string, unknown>;
}

/** Answers by method and pattern of the path. */
export type StubRoutes = Record<string, (request: StubRequest) => StubReply>;
