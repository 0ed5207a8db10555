/** What is measured of the image of one service. */
export interface ImageFigures {
  service: string;
  /** Of the whole image, uncompressed. */
  bytes: number;
  /** Of the service with its packages, without Debian's files and Node.js. */
  serviceBytes: number;
  /** From the start of the process to a successful readiness probe, of each container, with dependencies running. */
  readyMs: number[];
  /** CPU time until then, which other load of the machine does not change. */
  readyCpuMs: number[];
  /** Resident memory of each container with its child processes, without clients. */
  residentBytes: number[];
}

/** Decimal, as registries and engines count. */
const megabyte = 1e6;
const maxImageBytes = 180 * megabyte;
const maxMediaImageBytes = 220 * megabyte;
const maxReadyMs = 2000;

/** The figures that exceed a goal, in words. */
export function findExcesses(figures: readonly ImageFigures[]): string[] {
  return figures.flatMap(({ service, bytes, readyMs }) => {
    const maxBytes = service === 'media' ? maxMediaImageBytes : maxImageBytes;
    const slowestMs = Math.max(...readyMs);
    return [
      ...(bytes > maxBytes
        ? [`the image of ${service} has ${inMegabytes(bytes)} MB, at most ${inMegabytes(maxBytes)}`]
        : []),
      ...(slowestMs > maxReadyMs
        ? [`${service} was ready after ${inSeconds(slowestMs)} s, at most ${inSeconds(maxReadyMs)}`]
        : []),
    ];
  });
}

/** A table in Markdown, the worst container of each service. */
export function describeFigures(figures: readonly ImageFigures[]): string {
  const rows = figures.map(({ service, bytes, serviceBytes, readyMs, readyCpuMs, residentBytes }) => [
    service,
    inMegabytes(bytes),
    inMegabytes(serviceBytes),
    inSeconds(Math.max(...readyMs)),
    inSeconds(Math.max(...readyCpuMs)),
    inMegabytes(Math.max(...residentBytes)),
  ]);
  return [
    ['image', 'size, MB', 'of it the service, MB', 'ready after, s', 'CPU time of it, s', 'idle memory, MB'],
    ['---', '---:', '---:', '---:', '---:', '---:'],
    ...rows,
  ]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

function inMegabytes(bytes: number): string {
  return (bytes / megabyte).toFixed(0);
}

export function inSeconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
