import { graph, percentiles, rate } from './panels.js';
import { type Dashboard } from './render-dashboard.js';

export const roomsDashboard: Dashboard = {
  name: 'rooms',
  title: 'Rooms',
  description: 'Logins, rooms and their records: the services room and auth with Redis and PostgreSQL.',
  panels: [
    graph(
      'Rooms with members, by gateway',
      'A room counts at each gateway that has members of it.',
      'short',
      [['polyroom_gateway_rooms', '{{instance}}']],
    ),
    graph('Sessions, by gateway', 'Open sessions.', 'short', [['polyroom_gateway_sessions', '{{instance}}']]),
    graph('Requests to the service room', 'By method.', 'reqps', [
      rate('polyroom_bus_requests_total', '{service="room"}', ['method']),
    ]),
    graph('Errors of the service room', 'Outcome server_error, by method.', 'reqps', [
      rate('polyroom_bus_requests_total', '{service="room",outcome="server_error"}', ['method']),
    ]),
    graph('Duration of requests to room', 'For the outcome ok, over all methods.', 's', [
      ...percentiles('polyroom_bus_request_duration_seconds', '{service="room"}'),
    ]),
    graph('Duration of requests to auth', 'For the outcome ok, over all methods.', 's', [
      ...percentiles('polyroom_bus_request_duration_seconds', '{service="auth"}'),
    ]),
    graph('Commands in Redis', 'Lua commands by name.', 'ops', [
      rate('polyroom_redis_command_duration_seconds_count', '', ['command']),
    ]),
    graph('Duration of commands in Redis', 'Over all commands, with the way to Redis and back.', 's', [
      ...percentiles('polyroom_redis_command_duration_seconds'),
    ]),
    graph('Failures of the stores', 'No answer, or an error of the server.', 'ops', [
      ['sum(rate(polyroom_redis_command_failures_total[$__rate_interval]))', 'Redis'],
      ['sum(rate(polyroom_database_call_failures_total[$__rate_interval]))', 'PostgreSQL'],
    ]),
    graph('Duration of calls of the database', 'Over all repositories of auth.', 's', [
      ...percentiles('polyroom_database_call_duration_seconds'),
    ]),
    graph(
      'Repairs',
      'Differences between records that were found and repaired. In a healthy cluster there are none.',
      'cps',
      [
        ['sum by (kind) (rate(polyroom_room_repairs_total[$__rate_interval]))', 'room {{kind}}'],
        ['sum by (kind) (rate(polyroom_gateway_repairs_total[$__rate_interval]))', 'gateway {{kind}}'],
      ],
    ),
    graph('Lost numbers', 'Facts and messages that never came.', 'cps', [
      rate('polyroom_gateway_sequence_gaps_total', '', ['kind']),
    ]),
    graph('Event log', 'Failed attempts to move events into it. Events wait in Redis meanwhile.', 'cps', [
      ['sum(rate(polyroom_room_event_log_failures_total[$__rate_interval]))', 'failures'],
    ]),
  ],
};
