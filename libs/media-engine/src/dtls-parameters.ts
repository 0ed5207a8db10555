import { type ParsedRequestOf, type mediaRpc } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { parametersInvalid } from './media-errors.js';

type GivenDtlsParameters = ParsedRequestOf<typeof mediaRpc.connectTransport>['dtlsParameters'];

/** The hash functions that mediasoup knows, with the bytes of their digests. */
const digestBytes = new Map<string, number>([
  ['sha-1', 20],
  ['sha-224', 28],
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

/**
 * Checks what a client says about its certificate before the worker sees it: an empty list of
 * fingerprints has brought workers down (versatica/mediasoup, several threads on aborts in DtlsTransport).
 */
export function checkDtlsParameters(given: GivenDtlsParameters): types.DtlsParameters {
  if (given.fingerprints.length === 0) {
    throw parametersInvalid('no fingerprint');
  }
  return {
    ...(given.role === undefined ? {} : { role: given.role }),
    fingerprints: given.fingerprints.map(({ algorithm, value }) => {
      if (!isAlgorithm(algorithm)) {
        throw parametersInvalid('unknown fingerprint algorithm');
      }
      if (
        !/^[0-9A-F]{2}(:[0-9A-F]{2})*$/i.test(value) ||
        (value.length + 1) / 3 !== digestBytes.get(algorithm)
      ) {
        throw parametersInvalid('malformed fingerprint');
      }
      return { algorithm, value };
    }),
  };
}

function isAlgorithm(text: string): text is types.FingerprintAlgorithm {
  return digestBytes.has(text);
}
