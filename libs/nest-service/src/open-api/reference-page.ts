import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify from 'fastify';

const pagePath = '/reference';
const scriptPath = `${pagePath}/scalar.js`;
const compress = promisify(gzip);
const cacheSeconds = 3600;

/** Nothing leaves the gateway: no fonts, proxies, telemetry or assistants of others. */
const configuration = {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false,
};

/** The page adds its style sheet as an element. Requests go to this gateway only. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Polyroom REST API</title>
  </head>
  <body>
    <div id="api-reference" data-configuration="${escapeAttribute(JSON.stringify(configuration))}"></div>
    <script src="${scriptPath}"></script>
  </body>
</html>
`;

/** Serves a page to read the OpenAPI document and to try its operations. */
export function serveReference(app: NestFastifyApplication): void {
  const server = app.getHttpAdapter().getInstance();
  let script: Promise<Buffer> | undefined;
  server.get(pagePath, async (_request, reply) => {
    await reply
      .header('content-security-policy', contentSecurityPolicy)
      .header('x-content-type-options', 'nosniff')
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(page);
  });
  server.get(scriptPath, async (_request, reply) => {
    script ??= loadScript();
    await reply
      .header('cache-control', `public, max-age=${cacheSeconds}`)
      .header('content-encoding', 'gzip')
      .header('x-content-type-options', 'nosniff')
      .type('text/javascript; charset=utf-8')
      .send(await script);
  });
}

/**
 * The script of the page, compressed. The package offers it only through its plugin, and holds it as a text of 5 MB:
 * a gateway whose page is not opened does not load it.
 */
async function loadScript(): Promise<Buffer> {
  const { default: reference } = await import('@scalar/fastify-api-reference');
  const server = fastify();
  await server.register(reference, { routePrefix: pagePath, configuration: { url: configuration.url } });
  const { body } = await server.inject(`${pagePath}/js/scalar.js`);
  await server.close();
  return compress(body);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
