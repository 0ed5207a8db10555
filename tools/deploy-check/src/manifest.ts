import { z } from 'zod';

/**
 * The part of Kubernetes' objects that this project uses, by hand and strict where a slip of the pen would
 * do harm: a misspelt field of a container, a probe or a policy is an error here, as it is to the API server.
 */
const quantity = z.union([z.string().regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi)?$/), z.number()]);
const labels = z.record(z.string(), z.string());
const port = z.union([z.string(), z.number().int().min(1).max(65_535)]);

const probeSchema = z
  .strictObject({
    httpGet: z.strictObject({ path: z.string().startsWith('/'), port }).optional(),
    exec: z.strictObject({ command: z.array(z.string()).min(1) }).optional(),
    tcpSocket: z.strictObject({ port }).optional(),
    periodSeconds: z.number().int().min(1),
    timeoutSeconds: z.number().int().min(1).optional(),
    failureThreshold: z.number().int().min(1).optional(),
  })
  .refine((probe) => [probe.httpGet, probe.exec, probe.tcpSocket].filter(Boolean).length === 1, 'one action');

const keyRef = z.strictObject({ name: z.string(), key: z.string() });
const variableSchema = z.strictObject({
  name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({
      /** An optional key may be missing from the Secret: the variable is left out then. */
      secretKeyRef: keyRef.extend({ optional: z.literal(true).optional() }).optional(),
      configMapKeyRef: keyRef.optional(),
      fieldRef: z.looseObject({ fieldPath: z.string() }).optional(),
    })
    .optional(),
});

const containerSchema = z.strictObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  args: z.array(z.string()).optional(),
  ports: z.array(
    z.strictObject({
      name: z.string().max(15),
      containerPort: z.number().int(),
      protocol: z.enum(['TCP', 'UDP']).optional(),
    }),
  ),
  env: z.array(variableSchema).default([]),
  envFrom: z.array(z.strictObject({ configMapRef: z.strictObject({ name: z.string() }) })).default([]),
  livenessProbe: probeSchema,
  readinessProbe: probeSchema,
  startupProbe: probeSchema.optional(),
  lifecycle: z
    .strictObject({ preStop: z.strictObject({ sleep: z.strictObject({ seconds: z.number().int() }) }) })
    .optional(),
  resources: z.strictObject({
    requests: z.strictObject({ cpu: quantity, memory: quantity }),
    limits: z.strictObject({ memory: quantity, cpu: quantity.optional() }),
  }),
  securityContext: z.strictObject({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true).optional(),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
  volumeMounts: z
    .array(z.strictObject({ name: z.string(), mountPath: z.string(), readOnly: z.boolean().optional() }))
    .optional(),
});

const podSchema = z.strictObject({
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.literal(false),
  hostNetwork: z.boolean().optional(),
  dnsPolicy: z.enum(['ClusterFirst', 'ClusterFirstWithHostNet']).optional(),
  terminationGracePeriodSeconds: z.number().int().min(1),
  securityContext: z.looseObject({ runAsNonRoot: z.literal(true), runAsUser: z.number().int().min(1) }),
  affinity: z.looseObject({}).optional(),
  nodeSelector: labels.optional(),
  tolerations: z.array(z.looseObject({ key: z.string() })).optional(),
  topologySpreadConstraints: z.array(z.looseObject({ topologyKey: z.string() })).optional(),
  containers: z.array(containerSchema).length(1),
  volumes: z
    .array(
      z.strictObject({
        name: z.string(),
        emptyDir: z.strictObject({}).optional(),
        configMap: z.strictObject({ name: z.string() }).optional(),
      }),
    )
    .optional(),
});

const selector = z.looseObject({ matchLabels: labels.optional() });
const workloadSpecSchema = z.strictObject({
  replicas: z.number().int().min(1).optional(),
  selector: z.strictObject({ matchLabels: labels }),
  serviceName: z.string().optional(),
  podManagementPolicy: z.enum(['Parallel', 'OrderedReady']).optional(),
  template: z.strictObject({
    metadata: z.looseObject({ labels }),
    spec: podSchema,
  }),
  volumeClaimTemplates: z.array(z.looseObject({})).optional(),
});

/** The spec of each kind that we use. */
const specSchemas: Record<string, z.ZodType> = {
  Deployment: workloadSpecSchema,
  StatefulSet: workloadSpecSchema,
  Service: z.strictObject({
    clusterIP: z.literal('None').optional(),
    selector: labels,
    ports: z.array(z.strictObject({ name: z.string(), port: z.number().int(), targetPort: port })).min(1),
  }),
  PodDisruptionBudget: z.strictObject({ maxUnavailable: z.number().int().min(1), selector }),
  NetworkPolicy: z.strictObject({
    podSelector: z.looseObject({}),
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
    ingress: z
      .array(
        z.strictObject({
          from: z.array(z.looseObject({})).optional(),
          ports: z.array(z.strictObject({ protocol: z.string(), port })).optional(),
        }),
      )
      .optional(),
  }),
  Ingress: z.strictObject({
    ingressClassName: z.string().optional(),
    tls: z.array(z.strictObject({ hosts: z.array(z.string()), secretName: z.string() })).optional(),
    rules: z
      .array(
        z.strictObject({
          host: z.string(),
          http: z.strictObject({
            paths: z.array(
              z.strictObject({
                path: z.string(),
                pathType: z.enum(['Prefix', 'Exact']),
                backend: z.strictObject({
                  service: z.strictObject({ name: z.string(), port: z.strictObject({ name: z.string() }) }),
                }),
              }),
            ),
          }),
        }),
      )
      .min(1),
  }),
  HorizontalPodAutoscaler: z.strictObject({
    scaleTargetRef: z.strictObject({ apiVersion: z.string(), kind: z.string(), name: z.string() }),
    minReplicas: z.number().int().min(1),
    maxReplicas: z.number().int(),
    metrics: z.array(z.looseObject({})).min(1),
    behavior: z.looseObject({}).optional(),
  }),
};

const apiVersions: Record<string, string> = {
  Namespace: 'v1',
  ConfigMap: 'v1',
  Secret: 'v1',
  Service: 'v1',
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  PodDisruptionBudget: 'policy/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Ingress: 'networking.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
};

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

/** What is wrong with an object, as sentences; empty when nothing is. */
export function findManifestProblems(manifest: Manifest): string[] {
  const name = `${manifest.kind} ${manifest.metadata.name}`;
  const apiVersion = apiVersions[manifest.kind];
  if (apiVersion === undefined) {
    return [`${name}: the check does not know this kind`];
  }
  const problems = apiVersion === manifest.apiVersion ? [] : [`${name}: apiVersion must be ${apiVersion}`];
  const result = specSchemas[manifest.kind]?.safeParse(manifest.spec);
  result?.error?.issues.forEach((issue) =>
    problems.push(`${name}: spec.${issue.path.join('.')}: ${issue.message}`),
  );
  return problems;
}

/** The workload behind a Deployment or StatefulSet. */
export function toWorkload(manifest: Manifest): Workload {
  return workloadSpecSchema.parse(manifest.spec);
}

export function isWorkload(manifest: Manifest): boolean {
  return manifest.kind === 'Deployment' || manifest.kind === 'StatefulSet';
}
