import { readFile, rename, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ConfigError, loadConfig, port } from '@polyroom/config';
import { z } from 'zod';

/** Annotation or label of a machine. Only an annotation can hold IPv6, or several addresses. */
const addressName = 'polyroom.io/public-address';
/** What Kubernetes mounts for a service account. */
const accountDir = '/var/run/secrets/kubernetes.io/serviceaccount';
const answerDeadlineMs = 10_000;

const environment = z.object({
  NODE_NAME: z.string(),
  KUBERNETES_SERVICE_HOST: z.string(),
  KUBERNETES_SERVICE_PORT: port,
});

const names = z.record(z.string(), z.string()).default({});
const nodeSchema = z.object({
  metadata: z.object({ labels: names, annotations: names }),
  status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })).default([]) }),
});

/**
 * Writes the public addresses of this pod's machine to a file, from the Kubernetes API: its annotation or label, or
 * otherwise its external addresses. For an init container, so that the media process itself has no access to the API.
 */
export async function writeNodeAddress(
  path: string | undefined,
  env?: Record<string, string | undefined>,
  dir: string = accountDir,
): Promise<void> {
  if (path === undefined) {
    throw new ConfigError('node-address needs the path of the file to write');
  }
  const values = loadConfig(environment, env);
  const name = values.NODE_NAME;
  const [ca, token] = await Promise.all(['ca.crt', 'token'].map((file) => readFile(join(dir, file), 'utf8')));
  const { metadata, status } = nodeSchema.parse(
    await getJson(
      `https://${values.KUBERNETES_SERVICE_HOST}:${values.KUBERNETES_SERVICE_PORT}/api/v1/nodes/${encodeURIComponent(name)}`,
      { ca: ca!, token: token! },
    ),
  );
  const given = metadata.annotations[addressName] ?? metadata.labels[addressName];
  const addresses =
    given?.split(',').map((address) => address.trim()) ??
    status.addresses.filter(({ type }) => type === 'ExternalIP').map(({ address }) => address);
  if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0)) {
    throw new Error(
      `node ${name} has neither an external address nor IP addresses in its annotation or label ${addressName}`,
    );
  }
  // A reader never gets half of it.
  await writeFile(`${path}.new`, `${addresses.join(',')}\n`);
  await rename(`${path}.new`, path);
}

function getJson(url: string, { ca, token }: { ca: string; token: string }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const options = { ca, timeout: answerDeadlineMs, headers: { authorization: `Bearer ${token.trim()}` } };
    const request = get(url, options, (response) => {
      text(response).then((body) => {
        if (response.statusCode === 200) {
          resolve(JSON.parse(body));
        } else {
          reject(new Error(`${new URL(url).pathname}: HTTP ${response.statusCode}`));
        }
      }, reject);
    });
    request.on('timeout', () => request.destroy(new Error('the Kubernetes API does not answer')));
    request.on('error', reject);
  });
}
