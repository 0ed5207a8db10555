const loopbackNames = new Set(['localhost', '127.0.0.1']);

/** The address of a gateway for this page. A cookie is sent within one site: `localhost` and 127.0.0.1 are two. */
export function loopbackUrl(gateway: string): URL {
  const url = new URL(gateway.replace(/^ws/, 'http'));
  if (loopbackNames.has(url.hostname) && loopbackNames.has(location.hostname)) {
    url.hostname = location.hostname;
  }
  return url;
}
