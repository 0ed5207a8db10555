/** The certificate of a server for tests, and the authority of its clients. */
export interface ServerTls {
  /** The name in the certificate, which resolves to 127.0.0.1. */
  host: string;
  certFile: string;
  keyFile: string;
  caFile: string;
  /** Refuses clients without a certificate of the authority. */
  verifyClients?: boolean;
}
