import { graph, rate } from './panels.js';
import { type Dashboard } from './render-dashboard.js';

const ofNode = '{node=~"$node"}';

export const mediaNodeDashboard: Dashboard = {
  name: 'media-node',
  title: 'Media node',
  description: 'Load of one or several media nodes and of their workers.',
  choices: [['node', 'node', 'polyroom_media_workers']],
  panels: [
    graph(
      'CPU of the workers',
      'Share of its core that each worker uses. Near 1, the core is saturated.',
      'percentunit',
      [rate('polyroom_media_worker_cpu_seconds_total', ofNode, ['node', 'worker'])],
    ),
    graph('Sessions', 'Sessions anchored on each worker.', 'short', [
      [`polyroom_media_worker_sessions${ofNode}`, '{{node}} {{worker}}'],
    ]),
    graph('Bytes received', 'Through all transports of each worker.', 'Bps', [
      rate('polyroom_media_worker_bytes_total', '{node=~"$node",direction="in"}', ['node', 'worker']),
    ]),
    graph('Bytes sent', 'Through all transports of each worker.', 'Bps', [
      rate('polyroom_media_worker_bytes_total', '{node=~"$node",direction="out"}', ['node', 'worker']),
    ]),
    graph('Packet loss', 'Mean of the transports, for clients that report it.', 'percentunit', [
      [`polyroom_media_worker_packet_loss_ratio${ofNode}`, '{{node}} {{worker}} {{direction}}'],
    ]),
    graph('Streams', 'Published, played (each once per viewer) and recorded.', 'short', [
      [`polyroom_media_upstreams${ofNode}`, '{{node}} published'],
      [`polyroom_media_downlinks${ofNode}`, '{{node}} played'],
      [`polyroom_media_recordings${ofNode}`, '{{node}} recorded'],
    ]),
    graph('Pipes', 'Streams between workers and between nodes.', 'short', [
      [`polyroom_media_pipes${ofNode}`, '{{node}} between workers'],
      [`polyroom_media_pipes_in${ofNode}`, '{{node}} from other nodes'],
      [`polyroom_media_pipes_out${ofNode}`, '{{node}} to other nodes'],
    ]),
    graph('Transports, producers, consumers', 'Of all workers of a node, those of pipes included.', 'short', [
      [`sum by (node) (polyroom_media_worker_transports${ofNode})`, '{{node}} transports'],
      [`sum by (node) (polyroom_media_worker_producers${ofNode})`, '{{node}} producers'],
      [`sum by (node) (polyroom_media_worker_consumers${ofNode})`, '{{node}} consumers'],
    ]),
    graph('Workers', 'Running and configured.', 'short', [
      [`polyroom_media_workers${ofNode}`, '{{node}} running'],
      [`polyroom_media_workers_configured${ofNode}`, '{{node}} configured'],
      [
        `sum by (node) (increase(polyroom_media_worker_deaths_total${ofNode}[1h]))`,
        '{{node}} died in an hour',
      ],
    ]),
    graph('Recordings', 'Ended recordings of streams, by reason; and orders of the recorders.', 'short', [
      [`sum by (reason) (increase(polyroom_media_recordings_ended_total${ofNode}[5m]))`, 'ended: {{reason}}'],
      ['sum(polyroom_recorder_orders)', 'orders'],
      ['max(polyroom_recorder_orphaned_orders)', 'orders without a recorder'],
    ]),
    graph(
      'Lost nodes',
      'Nodes that ended without draining, as the gateway that saw most of them counts.',
      'short',
      [['max(increase(polyroom_gateway_media_nodes_lost_total[10m]))', 'lost in 10 minutes']],
    ),
    graph('Event-loop lag', 'The 99th percentile of the Node.js process beside the workers.', 's', [
      ['nodejs_eventloop_lag_p99_seconds{app=~"media|all-in-one"}', '{{instance}}'],
    ]),
  ],
};
