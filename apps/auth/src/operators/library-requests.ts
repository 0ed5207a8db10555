/** How the library's requests are addressed. */
export const sessionBasePath = '/v1/session';
/** The gateway passes the client's address in this header. */
export const addressHeader = 'x-polyroom-client-address';
export const oidcProviderId = 'oidc';
