/** The parts of a project that compose-go prints. */
export interface ComposedProject {
  services: Record<string, ComposedService>;
}

export interface ComposedService {
  image: string;
  build?: { args: { SERVICE: string } };
  command?: string[] | null;
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  deploy?: { replicas?: number };
  read_only?: boolean;
  tmpfs?: string[];
}

/** One container of a service of ours. */
export interface Instance {
  name: string;
  /** Its name in the Compose file. */
  composed: string;
  /** The folder in apps/. */
  service: string;
}

/** The containers of our services, each after those that it depends on. */
export function listInstances({ services }: ComposedProject): Instance[] {
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (!ordered.includes(name)) {
      Object.keys(services[name]!.depends_on ?? {}).forEach(visit);
      ordered.push(name);
    }
  };
  Object.keys(services).sort().forEach(visit);
  return ordered.flatMap((composed) => {
    const { build, deploy } = services[composed]!;
    const replicas = deploy?.replicas ?? 1;
    return build === undefined
      ? []
      : Array.from({ length: replicas }, (_, index) => ({
          name: replicas === 1 ? composed : `${composed}-${index + 1}`,
          composed,
          service: build.args.SERVICE,
        }));
  });
}

/** Where a health check asks, as a path below `http://HOST`. */
export function readinessOf({ healthcheck }: ComposedService): { port: number; path: string } {
  const [, port, path] = /http:\/\/127\.0\.0\.1:(\d+)(\/\w+)/.exec(healthcheck?.test.join(' ') ?? '') ?? [];
  if (port === undefined) {
    throw new Error('the health check asks no URL');
  }
  return { port: Number(port), path: path! };
}
