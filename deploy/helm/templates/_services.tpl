{{/* The services with a Deployment: what distinguishes them, apart from values. */}}
{{- define "polyroom.services" -}}
auth:
  graceSeconds: 30
  migrates: true
  env:
    - { name: DATABASE_URL, secret: DATABASE_URL }
    - { name: POLYROOM_SECRETS_KEY, secret: POLYROOM_SECRETS_KEY }
    - { name: POLYROOM_ADMIN_TOKENS, secret: POLYROOM_ADMIN_TOKENS }
    - { name: POLYROOM_ADMIN_URL, value: 'https://$(GATEWAY_HOST)' }
    - { name: POLYROOM_CONSOLE_ORIGINS, value: 'https://$(CONSOLE_HOST)' }
room:
  graceSeconds: 30
  budget: true
  env:
    - { name: POLYROOM_REDIS_URL, secret: POLYROOM_REDIS_URL }
messaging:
  graceSeconds: 30
recorder:
  graceSeconds: 30
  budget: true
webhooks:
  graceSeconds: 30
  budget: true
gateway:
  graceSeconds: 45
  budget: true
  edge: true
  # New sockets keep coming until every proxy knows that the pod is ending.
  sleepSeconds: 5
  env:
    - { name: POD_NAME, field: metadata.name }
    - { name: POLYROOM_GATEWAY_ID, value: gw_$(POD_NAME) }
    - { name: POLYROOM_CONSOLE_ORIGINS, value: 'https://$(CONSOLE_HOST)' }
    - { name: POLYROOM_TURN_SECRET, secret: POLYROOM_TURN_SECRET, optional: true }
    - { name: NODE_OPTIONS, value: '--max-semi-space-size=16' }
interop:
  graceSeconds: 45
  budget: true
  edge: true
  sleepSeconds: 5
  env:
    - { name: POLYROOM_TURN_SECRET, secret: POLYROOM_TURN_SECRET, optional: true }
    - { name: NODE_OPTIONS, value: '--max-semi-space-size=16' }
console:
  graceSeconds: 30
  edge: true
  offBus: true
  env:
    - { name: POLYROOM_GATEWAY_URLS, value: 'https://$(GATEWAY_HOST)' }
{{- end }}

{{- define "polyroom.labels" -}}
app.kubernetes.io/name: {{ . }}
app.kubernetes.io/part-of: polyroom
{{- end }}

{{/* image: root, name */}}
{{- define "polyroom.image" -}}
image: {{ printf "%spolyroom/%s:%s" .root.Values.image.registry .name (.root.Values.image.tag | default .root.Chart.AppVersion) }}
{{- with .root.Values.image.pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- end }}

{{/* env: root, list of variables with value, secret or field */}}
{{- define "polyroom.env" -}}
{{- $root := .root }}
{{- range .env }}
- name: {{ .name }}
  {{- if .secret }}
  valueFrom:
    secretKeyRef:
      name: {{ $root.Values.secretName }}
      key: {{ .secret }}
      {{- if .optional }}
      optional: true
      {{- end }}
  {{- else if .field }}
  valueFrom: { fieldRef: { fieldPath: {{ .field }} } }
  {{- else if .resource }}
  valueFrom: { resourceFieldRef: { resource: {{ .resource }} } }
  {{- else }}
  value: {{ .value | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "polyroom.bus" -}}
- { name: NATS_PASSWORD, secret: NATS_PASSWORD_{{ upper . }} }
- { name: POLYROOM_NATS_URL, value: '$(NATS_SCHEME)://{{ . }}:$(NATS_PASSWORD)@$(NATS_ADDRESS)' }
{{- end }}

{{- define "polyroom.probes" -}}
livenessProbe:
  httpGet: { path: /healthz, port: {{ . }} }
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  httpGet: { path: /readyz, port: {{ . }} }
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
startupProbe:
  httpGet: { path: /healthz, port: {{ . }} }
  periodSeconds: 2
  failureThreshold: 30
{{- end }}

{{- define "polyroom.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "polyroom.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: tmp, mountPath: /tmp }
{{- end }}

{{/* A changed configuration restarts the pods. annotations: root, port */}}
{{- define "polyroom.annotations" -}}
checksum/config: {{ include (print .root.Template.BasePath "/config.yaml") .root | sha256sum }}
prometheus.io/scrape: 'true'
prometheus.io/port: {{ .port | quote }}
prometheus.io/path: /metrics
{{- end }}
