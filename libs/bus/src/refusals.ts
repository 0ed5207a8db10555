import { AuthorizationError } from '@nats-io/transport-node';
import { ConfigError, isCertificateRefused } from '@polyroom/config';

/** True if NATS rejects the credentials, or cannot be what the configuration demands: a retry cannot succeed. */
export function isRefusedByNats(error: unknown): boolean {
  return isCredentialRefused(error) || error instanceof ConfigError || isCertificateRefused(error);
}

/** The client has one class for several messages: on a busy machine the server may not have waited long enough. */
function isCredentialRefused(error: unknown): boolean {
  return error instanceof AuthorizationError && !/authentication timeout/i.test(error.message);
}
