import { once } from 'node:events';
import { type IncomingMessage, request, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';

interface HttpAnswer {
  status: number;
  text: string;
}

/** Uses a connection of its own. In place of `fetch`, which adds 14 MiB to the launcher. */
export async function httpRequest(
  url: string,
  {
    body,
    ...options
  }: Pick<RequestOptions, 'method' | 'signal'> & {
    headers?: Record<string, string>;
    body?: string;
  } = {},
): Promise<HttpAnswer> {
  // Node.js names the length of a body for POST and PUT only: that of a DELETE would be read as the next request.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const sent = request(url, { ...options, headers: { ...options.headers, ...length }, agent: false });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, text: await text(response) };
}
