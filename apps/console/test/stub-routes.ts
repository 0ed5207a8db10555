import { type IncomingHttpHeaders } from 'node:http';

/** A JSON body. With an `error`, the status is 403, or that of the error. */
export type StubReply = Record<string, unknown>;

/** What a request has: the groups of the route's pattern, the query, the headers and the JSON body. */
export interface StubRequest {
  groups: Record<string, string>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** Answers by method and pattern of the path. */
export type StubRoutes = Record<string, (request: StubRequest) => StubReply>;
