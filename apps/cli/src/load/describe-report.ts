import { table } from '../output/table.js';
import { type LoadReport, problemsOf } from './load-record.js';
import { type Percentiles } from './percentiles.js';

export function describeReport(report: LoadReport): string {
  const { errors, historyGaps, interrupted, logins, memberships, messages, publishers } = report;
  const problems = problemsOf(report);
  const times = (name: string, { count, p50, p95, p99 }: Percentiles) => [
    name,
    count,
    p50 ?? undefined,
    p95 ?? undefined,
    p99 ?? undefined,
  ];
  return [
    `${report.users} users in ${report.rooms} rooms for ${report.seconds} s${interrupted ? ', interrupted' : ''}`,
    `sockets ${report.sockets}, memberships ${memberships}, publishers ${publishers}`,
    '',
    table(
      ['', 'COUNT', 'P50 MS', 'P95 MS', 'P99 MS'],
      [
        times('first login of a user', logins.first),
        times('further logins', logins.further),
        times('delivery of messages', messages.deliveryMs),
      ],
    ),
    '',
    `messages: ${messages.sent} sent, ${messages.delivered} of ${messages.expected} delivered, ${messages.lost} lost, ${messages.duplicated} duplicated`,
    `reconnects ${report.reconnects}, gaps in the history ${historyGaps}`,
    ...(errors.length === 0
      ? ['errors none']
      : [
          '',
          table(
            ['CODE', 'ERROR', 'COUNT'],
            errors.map(({ code, count, name }) => [code ?? undefined, name, count]),
          ),
        ]),
    '',
    problems.length === 0 ? 'passed' : `FAILED: ${problems.join(', ')}`,
  ].join('\n');
}
