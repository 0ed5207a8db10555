export interface ServerAddress {
  servers: string;
  user?: string;
  pass?: string;
}

/** The client takes a server's address and the credentials apart; a URL in a configuration holds both. */
export function toServerAddress(url: string): ServerAddress {
  const parsed = new URL(url);
  if (parsed.username === '') {
    return { servers: url };
  }
  const user = decodeURIComponent(parsed.username);
  const pass = decodeURIComponent(parsed.password);
  parsed.username = '';
  parsed.password = '';
  return { servers: parsed.href, user, pass };
}
