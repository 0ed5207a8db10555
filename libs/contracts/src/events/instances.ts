import { z } from 'zod';
import { defineEvent } from '../define.js';

/** The services whose processes report themselves. */
export const reportingServices = [
  'gateway',
  'interop',
  'auth',
  'room',
  'messaging',
  'recorder',
  'media',
  'webhooks',
] as const;
export type ReportingService = (typeof reportingServices)[number];

export const instanceReportSchema = z.strictObject({
  service: z.enum(reportingServices),
  /** Of the process: its node ID, or its host and port. */
  instanceId: z.string().min(1).max(128),
  version: z.string().max(64),
  startedAtMs: z.number().int(),
  /** The result of each check of a dependency: `ok`, or what is wrong. */
  checks: z.record(z.string().max(64), z.string().max(512)),
});
export type InstanceReport = z.infer<typeof instanceReportSchema>;

/** A process reports itself this often. */
export const instanceReportIntervalMs = 5000;

const reportOf = (publisher: string) =>
  defineEvent(`event.${publisher}.instanceReported`, { payload: instanceReportSchema });

/** The state of a process and of what it depends on, by the NATS user that publishes it. */
export const gatewayInstanceReported = reportOf('gateway');
export const authInstanceReported = reportOf('auth');
export const roomInstanceReported = reportOf('room');
export const messagingInstanceReported = reportOf('messaging');
export const recorderInstanceReported = reportOf('recorder');
export const mediaInstanceReported = reportOf('media');
export const webhooksInstanceReported = reportOf('webhooks');

/** The event of each service; the NATS user of interop publishes the events of gateways. */
export const instanceReportEvents = {
  gateway: gatewayInstanceReported,
  interop: gatewayInstanceReported,
  auth: authInstanceReported,
  room: roomInstanceReported,
  messaging: messagingInstanceReported,
  recorder: recorderInstanceReported,
  media: mediaInstanceReported,
  webhooks: webhooksInstanceReported,
} as const satisfies Record<ReportingService, unknown>;

/** Type guard for the names of reporting services. */
export const isReportingService = (name: string): name is ReportingService =>
  reportingServices.includes(name as ReportingService);
