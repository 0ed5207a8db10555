/** The part of the launcher's environment that services inherit. */
export function inheritedEnvironment(): Record<string, string> {
  const names = [
    'PATH',
    'HOME',
    'LANG',
    'TZ',
    'MEDIASOUP_WORKER_BIN',
    'NODE_COMPILE_CACHE',
    'NODE_EXTRA_CA_CERTS',
    'POLYROOM_FAST_IO',
    'POLYROOM_TRACE_SAMPLE',
    ...Object.keys(process.env).filter((name) => name.startsWith('OTEL_')),
  ];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}
