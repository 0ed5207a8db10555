import { randomBytes } from 'node:crypto';
import { AppError, type WebhookFormat } from '@polyroom/contracts';

const prefix = 'whsec_';
/** As Standard Webhooks demands. */
const secretBytes = { own: 32, min: 24, max: 64 };

/** A secret in the form of the endpoint's format. Throws COMMON_ILLEGAL_PARAM if a given one is not. */
export function webhookSecretFor(format: WebhookFormat, given: string | undefined): string {
  if (given === undefined) {
    return format === 'zego'
      ? randomBytes(16).toString('hex')
      : `${prefix}${randomBytes(secretBytes.own).toString('base64')}`;
  }
  if (format === 'standard' && !isStandard(given)) {
    throw new AppError('COMMON_ILLEGAL_PARAM', {
      message: `secret: must be ${prefix} and the base64 of ${secretBytes.min} to ${secretBytes.max} bytes. Omit it to get a new one.`,
      details: { path: 'secret' },
    });
  }
  return given;
}

function isStandard(secret: string): boolean {
  const text = secret.slice(prefix.length);
  const bytes = Buffer.from(text, 'base64');
  return (
    secret.startsWith(prefix) &&
    bytes.length >= secretBytes.min &&
    bytes.length <= secretBytes.max &&
    bytes.toString('base64') === text
  );
}
