import { z } from 'zod';

/**
 * This project's rules for its objects, beyond those of Kubernetes (kubernetes-types.ts): locked-down
 * containers, probes and resource requests.
 */
const quantity = z.string().regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi)?$/);
const labels = z.record(z.string(), z.string());

const probeSchema = z
  .looseObject({
    httpGet: z.looseObject({ path: z.string().startsWith('/'), port: z.unknown() }).optional(),
    exec: z.looseObject({ command: z.array(z.string()).min(1) }).optional(),
    tcpSocket: z.looseObject({}).optional(),
    periodSeconds: z.number().int().min(1),
  })
  .refine((probe) => [probe.httpGet, probe.exec, probe.tcpSocket].filter(Boolean).length === 1, 'one action');

const keyRef = z.looseObject({ name: z.string(), key: z.string() });
const variableSchema = z.looseObject({
  name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({
      /** An optional key may be missing from the Secret; the variable is then not set. */
      secretKeyRef: keyRef.extend({ optional: z.literal(true).optional() }).optional(),
      fieldRef: z.looseObject({ fieldPath: z.string() }).optional(),
      resourceFieldRef: z.looseObject({ resource: z.string() }).optional(),
    })
    .optional(),
});

const containerSchema = z.looseObject({
  name: z.string(),
  image: z.string(),
  ports: z.array(
    z.looseObject({ name: z.string().max(15), containerPort: z.number().int().min(1).max(65_535) }),
  ),
  env: z.array(variableSchema).default([]),
  envFrom: z.array(z.looseObject({ configMapRef: z.looseObject({ name: z.string() }) })).default([]),
  livenessProbe: probeSchema,
  readinessProbe: probeSchema,
  startupProbe: probeSchema.optional(),
  resources: z.looseObject({
    requests: z.looseObject({ cpu: quantity, memory: quantity }),
    limits: z.looseObject({ memory: quantity }),
  }),
  securityContext: z.looseObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true).optional(),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});

/** Runs to its end before the others start: no probes and no ports. */
const initContainerSchema = containerSchema.omit({
  ports: true,
  livenessProbe: true,
  readinessProbe: true,
  startupProbe: true,
});

const podSchema = z.looseObject({
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.literal(false),
  terminationGracePeriodSeconds: z.number().int().min(1),
  securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.number().int().min(1) }),
  affinity: z.looseObject({}).optional(),
  initContainers: z.array(initContainerSchema).default([]),
  containers: z.array(containerSchema).length(1),
  volumes: z
    .array(z.looseObject({ name: z.string(), configMap: z.looseObject({ name: z.string() }).optional() }))
    .optional(),
});

const workloadSpecSchema = z.looseObject({
  replicas: z.number().int().min(1).optional(),
  template: z.looseObject({ metadata: z.looseObject({ labels }), spec: podSchema }),
  volumeClaimTemplates: z.array(z.looseObject({})).optional(),
});

export const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: labels.optional() }),
  spec: z.unknown().optional(),
  data: labels.optional(),
  stringData: labels.optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

export type Container = z.infer<typeof containerSchema>;
export type Workload = z.infer<typeof workloadSpecSchema>;

/** Violations of the rules of this project, as sentences; empty if there are none. */
export function findRuleProblems(manifest: Manifest): string[] {
  const result = isWorkload(manifest) ? workloadSpecSchema.safeParse(manifest.spec) : undefined;
  const issues = result?.error?.issues ?? [];
  return issues.map(
    ({ path, message }) => `${manifest.kind} ${manifest.metadata.name}: spec.${path.join('.')}: ${message}`,
  );
}

/** The workload behind a Deployment or StatefulSet. */
export function toWorkload(manifest: Manifest): Workload {
  return workloadSpecSchema.parse(manifest.spec);
}

export function isWorkload(manifest: Manifest): boolean {
  return manifest.kind === 'Deployment' || manifest.kind === 'StatefulSet';
}
