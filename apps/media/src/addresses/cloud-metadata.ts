import { isIP } from 'node:net';

export const cloudNames = ['aws', 'azure', 'digitalocean', 'gcp', 'hetzner'] as const;
export type CloudName = (typeof cloudNames)[number];

/** The link-local address at which all of these clouds serve their metadata. */
const metadataOrigin = 'http://169.254.169.254';
const answerDeadlineMs = 2000;

/** How each cloud is asked for the public IPv4 address of this machine. */
const questions: Record<CloudName, (origin: string) => Promise<string>> = {
  // IMDSv2: a token first.
  aws: async (origin) => {
    const token = await ask(`${origin}/latest/api/token`, {
      method: 'PUT',
      headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
    });
    return ask(`${origin}/latest/meta-data/public-ipv4`, { headers: { 'X-aws-ec2-metadata-token': token } });
  },
  azure: (origin) =>
    ask(
      `${origin}/metadata/instance/network/interface/0/ipv4/ipAddress/0/publicIpAddress?api-version=2021-02-01&format=text`,
      { headers: { Metadata: 'true' } },
    ),
  digitalocean: (origin) => ask(`${origin}/metadata/v1/interfaces/public/0/ipv4/address`),
  gcp: (origin) =>
    ask(`${origin}/computeMetadata/v1/instance/network-interfaces/0/access-configs/0/external-ip`, {
      headers: { 'Metadata-Flavor': 'Google' },
    }),
  hetzner: (origin) => ask(`${origin}/hetzner/v1/metadata/public-ipv4`),
};

/**
 * The public address of this machine, from the metadata of its cloud; without a name, from the first cloud that answers
 * with an address. Throws if there is none.
 */
export async function readCloudAddress(
  cloud: CloudName | undefined,
  origin: string = metadataOrigin,
): Promise<string> {
  if (cloud !== undefined) {
    return readFrom(cloud, origin);
  }
  try {
    return await Promise.any(cloudNames.map((name) => readFrom(name, origin)));
  } catch (error) {
    const [first] = (error as AggregateError).errors as Error[];
    throw new Error('no cloud names a public address in its metadata', { cause: first });
  }
}

async function readFrom(cloud: CloudName, origin: string): Promise<string> {
  const address = await questions[cloud](origin);
  if (isIP(address) === 0) {
    throw new Error(`the metadata of ${cloud} names no public address`);
  }
  return address;
}

async function ask(url: string, init: RequestInit = {}): Promise<string> {
  const reply = await fetch(url, {
    ...init,
    redirect: 'error',
    signal: AbortSignal.timeout(answerDeadlineMs),
  });
  if (!reply.ok) {
    throw new Error(`${new URL(url).pathname}: HTTP ${reply.status}`);
  }
  return (await reply.text()).trim();
}
