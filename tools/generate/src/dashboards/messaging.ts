import { graph, percentiles, rate } from './panels.js';
import { type Dashboard } from './render-dashboard.js';

const sending = '{method=~"message.(broadcast|broadcastToRooms|command|transparent|barrage)"}';

export const messagingDashboard: Dashboard = {
  name: 'messaging',
  title: 'Messaging',
  description: 'Messages from the sender to the gateways of the room, and webhooks.',
  panels: [
    graph('Sent messages', 'Requests of clients, by method and outcome.', 'reqps', [
      rate('polyroom_gateway_requests_total', sending, ['method', 'outcome']),
    ]),
    graph('Duration of sending', 'From the request to the response: the message is stored.', 's', [
      ...percentiles('polyroom_gateway_request_duration_seconds', sending),
    ]),
    graph('Entries of the log at gateways', 'Each once per gateway with members of the room.', 'ops', [
      [
        'sum by (instance) (rate(polyroom_gateway_message_delay_seconds_count[$__rate_interval]))',
        '{{instance}}',
      ],
    ]),
    graph(
      'Delay of messages',
      'From storing a message to its arrival at a gateway. A difference between the clocks of two machines distorts it.',
      's',
      [...percentiles('polyroom_gateway_message_delay_seconds')],
    ),
    graph('Requests to the service messaging', 'By method.', 'reqps', [
      rate('polyroom_bus_requests_total', '{service="messaging"}', ['method']),
    ]),
    graph('Errors of the service messaging', 'Outcome server_error, by method.', 'reqps', [
      rate('polyroom_bus_requests_total', '{service="messaging",outcome="server_error"}', ['method']),
    ]),
    graph(
      'Quota of stored messages',
      'Used share of the AppID that is nearest to its quota.',
      'percentunit',
      [['max(polyroom_messaging_fullest_quota_ratio)', 'nearest to its quota']],
    ),
    graph('Messaging instances', 'As each gateway sees them.', 'short', [
      ['polyroom_gateway_messaging_instances', '{{instance}}'],
    ]),
    graph(
      'Lost and dropped',
      'Messages that never came, barrage messages dropped for slow readers, and readers that were disconnected.',
      'cps',
      [
        ['sum(rate(polyroom_gateway_sequence_gaps_total{kind="message"}[$__rate_interval]))', 'never came'],
        ['sum(rate(polyroom_gateway_dropped_frames_total[$__rate_interval]))', 'dropped barrage'],
        ['sum(rate(polyroom_gateway_slow_readers_total[$__rate_interval]))', 'slow readers'],
      ],
    ),
    graph('Webhook deliveries', 'Attempts by outcome.', 'ops', [
      rate('polyroom_webhooks_deliveries_total', '', ['outcome']),
    ]),
    graph('Webhook endpoints', 'By condition.', 'short', [
      ['max by (condition) (polyroom_webhooks_endpoints)', '{{condition}}'],
    ]),
    graph('Longest failure of an endpoint', 'Of the enabled ones.', 's', [
      ['max(polyroom_webhooks_longest_failure_seconds)', 'longest failure'],
    ]),
  ],
};
