import { graph, percentiles, rate, stat } from './panels.js';
import { type Dashboard } from './render-dashboard.js';

export const overviewDashboard: Dashboard = {
  name: 'overview',
  title: 'Overview',
  description: 'Objectives, load and health of the cluster.',
  panels: [
    stat('Sessions', 'Open sessions of all gateways.', 'short', 'sum(polyroom_gateway_sessions)'),
    stat('Sockets', 'Open client sockets.', 'short', 'sum(polyroom_gateway_connections)'),
    stat(
      'Published streams',
      'Streams published on all media nodes.',
      'short',
      'sum(polyroom_media_upstreams)',
    ),
    stat('Played streams', 'Each once per viewer.', 'short', 'sum(polyroom_media_downlinks)'),
    stat(
      'Media nodes',
      'As the gateways see them.',
      'short',
      'min(polyroom_gateway_media_nodes{app=~"gateway|all-in-one"})',
    ),
    stat(
      'Alerts',
      'Alerts of Polyroom that fire.',
      'short',
      'count(ALERTS{alertname=~"Polyroom.*",alertstate="firing"}) or vector(0)',
    ),
    graph(
      'Objectives: share of failed events in an hour',
      'The budgets are 0.1 %, and 1 % for the latency of logins.',
      'percentunit',
      [['polyroom:objective_errors:ratio1h', '{{objective}}']],
    ),
    graph('Logins', 'Requests room.login by outcome.', 'reqps', [
      rate('polyroom_gateway_requests_total', '{method="room.login"}', ['outcome']),
    ]),
    graph('Duration of successful logins', 'At the gateway, from the request to the response.', 's', [
      ...percentiles('polyroom_gateway_request_duration_seconds', '{method="room.login"}'),
    ]),
    graph('Errors of ours', 'Requests with the outcome server_error.', 'reqps', [
      [
        'sum(rate(polyroom_gateway_requests_total{outcome="server_error"}[$__rate_interval]))',
        'client methods',
      ],
      ['sum(rate(polyroom_http_requests_total{outcome="server_error"}[$__rate_interval]))', 'HTTP'],
      [
        'sum(rate(polyroom_bus_requests_total{outcome="server_error"}[$__rate_interval]))',
        'between services',
      ],
    ]),
    graph(
      'CPU of the processes',
      'Cores that each process of Node.js uses; media workers are on the dashboard of media nodes.',
      'short',
      [
        [
          'sum by (app, instance) (rate(process_cpu_seconds_total{job="polyroom"}[$__rate_interval]))',
          '{{app}} {{instance}}',
        ],
      ],
    ),
    graph('Memory of the processes', 'Resident set.', 'bytes', [
      ['process_resident_memory_bytes{job="polyroom"}', '{{app}} {{instance}}'],
    ]),
    graph('Event-loop lag', 'The 99th percentile of each process. Above 100 ms, clients notice it.', 's', [
      ['nodejs_eventloop_lag_p99_seconds{job="polyroom"}', '{{app}} {{instance}}'],
    ]),
    graph('Dependencies', '1 while the process can use the dependency.', 'short', [
      ['min by (app, dependency) (polyroom_dependency_up)', '{{app}} {{dependency}}'],
    ]),
    graph('Versions', 'Instances by service and version.', 'short', [
      ['count by (service, version, revision) (polyroom_build_info)', '{{service}} {{version}} {{revision}}'],
    ]),
    graph('Memory of Redis', 'Used share of maxmemory.', 'percentunit', [
      [
        'max by (node) (polyroom_redis_memory_used_bytes / (polyroom_redis_memory_max_bytes > 0))',
        '{{node}}',
      ],
    ]),
  ],
};
