import { graph, note, percentiles, rate } from './panels.js';
import { type Dashboard } from './render-dashboard.js';

const ofMethod = '{method=~"$method"}';

export const clientsDashboard: Dashboard = {
  name: 'clients',
  title: 'Clients',
  description: 'What clients and application servers ask for, and what they are refused.',
  choices: [['method', 'method', 'polyroom_gateway_requests_total']],
  panels: [
    note(
      'One user or AppID',
      [
        'No metric has a label for an AppID, a user or a room: each value would be a series. The console shows the sessions, rooms',
        'and streams of one user, and the usage of one AppID (`GET /v1/apps/APPID/usage`). Set `POLYROOM_LOG_LEVEL=debug` and search the',
        'log for `request refused` with the user: it has the code of each refusal.',
      ].join('\n'),
    ),
    graph('Requests', 'Requests of clients, by method.', 'reqps', [
      rate('polyroom_gateway_requests_total', ofMethod, ['method']),
    ]),
    graph('Refused requests', 'Outcome client_error: limits, bans, missing rights, bad arguments.', 'reqps', [
      rate('polyroom_gateway_requests_total', '{method=~"$method",outcome="client_error"}', ['method']),
    ]),
    graph('Errors of ours', 'Outcome server_error, by method.', 'reqps', [
      rate('polyroom_gateway_requests_total', '{method=~"$method",outcome="server_error"}', ['method']),
    ]),
    graph('Duration', 'For the outcome ok, over the chosen methods.', 's', [
      ...percentiles('polyroom_gateway_request_duration_seconds', ofMethod),
    ]),
    graph('REST, WHIP and WHEP', 'By route and outcome.', 'reqps', [
      rate('polyroom_http_requests_total', '{app=~"gateway|interop|all-in-one"}', [
        'method',
        'route',
        'outcome',
      ]),
    ]),
    graph('Duration of REST', 'For the outcome ok, over all routes.', 's', [
      ...percentiles('polyroom_http_request_duration_seconds', '{app=~"gateway|all-in-one"}'),
    ]),
    graph('Sockets', 'Open ones, and those that have not logged in.', 'short', [
      ['sum(polyroom_gateway_connections)', 'open'],
      ['sum(polyroom_gateway_unauthenticated_connections)', 'not logged in'],
    ]),
    graph(
      'Refused and closed sockets',
      'By the limit that refused them; and sockets that did not log in in time.',
      'cps',
      [
        rate('polyroom_gateway_refused_connections_total', '', ['limit']),
        ['sum(rate(polyroom_gateway_login_timeouts_total[$__rate_interval]))', 'no login in time'],
      ],
    ),
    graph(
      'Reads beyond the budget',
      'Reads of rooms and of the history, delayed or refused: a client polls.',
      'reqps',
      [rate('polyroom_gateway_limited_reads_total', '', ['effect'])],
    ),
  ],
};
