import { type ParsedRequestOf, type mediaRpc } from '@polyroom/contracts';
import { type types } from 'mediasoup';
import { parametersInvalid } from './media-errors.js';

type GivenDtlsParameters = ParsedRequestOf<typeof mediaRpc.connectTransport>['dtlsParameters'];

/** Hash functions supported by mediasoup, with their digest sizes in bytes. */
const digestBytes = new Map<string, number>([
  ['sha-1', 20],
  ['sha-224', 28],
  ['sha-256', 32],
  ['sha-384', 48],
  ['sha-512', 64],
]);

/**
 * Validates the client's certificate fingerprints before they reach the worker: an empty list has aborted
 * workers (versatica/mediasoup, several reports of aborts in DtlsTransport).
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
