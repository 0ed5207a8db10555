import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { monitorFields, port, serviceFields, textFor } from '@polyroom/config';
import { z } from 'zod';

const demoAppsSchema = z.array(
  z.strictObject({ appId: z.number().int().positive(), appSign: z.string(), name: z.string() }),
);

const demoApps = z
  .string()
  .default('[]')
  .transform((text, context) => {
    try {
      return demoAppsSchema.parse(JSON.parse(text));
    } catch {
      // The value contains credentials and must not be quoted.
      context.addIssue({ code: 'custom', message: 'must be a JSON list of {appId, appSign, name}' });
      return z.NEVER;
    }
  });

const gatewayUrls = z
  .string()
  .default('http://127.0.0.1:7080')
  .transform((text) =>
    text
      .split(',')
      .map((url) => url.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.url({ protocol: /^(http|ws)s?$/ })).min(1));

function assertFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new Error('is not a directory');
  }
}

export const consoleConfigSchema = z.object({
  POLYROOM_HTTP_HOST: serviceFields.POLYROOM_HTTP_HOST,
  POLYROOM_HTTP_PORT: port.default(7088),
  ...monitorFields,
  POLYROOM_LOG_LEVEL: serviceFields.POLYROOM_LOG_LEVEL,
  /** URLs of the gateways for browsers. */
  POLYROOM_GATEWAY_URLS: gatewayUrls,
  /** AppIDs that the page offers; their AppSigns are visible to every visitor of the page. */
  POLYROOM_DEMO_APPS: demoApps,
  /** Pages for tests, served beside the page without a content security policy. Not for production. */
  POLYROOM_TEST_PAGES_DIR: textFor(assertFolder).optional(),
  /** The built documentation, served at /docs/. */
  POLYROOM_DOCS_DIR: textFor(assertFolder).optional(),
  /** The built page. */
  POLYROOM_CONSOLE_DIR: z.string().default(fileURLToPath(new URL('../dist-web', import.meta.url))),
});
export type ConsoleConfig = z.output<typeof consoleConfigSchema>;
