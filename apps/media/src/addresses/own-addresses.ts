import { networkInterfaces } from 'node:os';

/** The first IPv4 and the first IPv6 address of this machine or container, without loopback and link-local ones. */
export function ownAddresses(): string[] {
  const found = allOwnAddresses();
  return (['IPv4', 'IPv6'] as const)
    .flatMap((family) => found.find((own) => own.family === family) ?? [])
    .map(({ address }) => address);
}

/** Whether an interface of this machine has the address. */
export function isOwnAddress(address: string): boolean {
  return allOwnAddresses().some((own) => own.address === address);
}

function allOwnAddresses() {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ address, internal }) => !internal && !address.toLowerCase().startsWith('fe80:'));
}
