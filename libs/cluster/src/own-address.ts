import { networkInterfaces } from 'node:os';

/** The first IPv4 address of this machine that is not loopback. */
export function findOwnAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/**
 * Addresses for media of browsers on this machine, as POLYROOM_MEDIA_LISTEN_IP: Firefox sends nothing to loopback.
 */
export function mediaAddresses(): string {
  return ['127.0.0.1', findOwnAddress()].filter(Boolean).join(',');
}
