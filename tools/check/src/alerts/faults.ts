import { type Fault } from './fault.js';
import { serviceFaults } from './service-faults.js';
import { storeFaults } from './store-faults.js';

// The first one needs calm objectives, which most of the other faults disturb.
export const faults: Fault[] = [...storeFaults, ...serviceFaults];

/** Alerts that the check does not provoke, and why. */
export const excused: Record<string, string> = {
  PolyroomMediaWorkerSaturated:
    'it takes as many clients as keep a core busy, and cores of their own for them',
  PolyroomMediaPacketLoss: 'the loopback interface loses no packets',
  ...Object.fromEntries(
    [
      'PolyroomMediaWorkerDied',
      'PolyroomMediaWorkersMissing',
      'PolyroomRecordingsFail',
      'PolyroomRecordingOrdersOrphaned',
      'PolyroomRestarts',
      'PolyroomEventLoopBlocked',
      'PolyroomVersionsMixed',
      'PolyroomClockWrong',
      'PolyroomCertificateExpires',
      'PolyroomFactsLost',
      'PolyroomEventLogFails',
      'PolyroomSocketsRefused',
      'PolyroomSlowReaders',
      'PolyroomWebhookFails',
      'PolyroomWebhookDisabled',
      'PolyroomWebhookUnowned',
    ].map((alert) => [alert, 'the check has no fault for it yet']),
  ),
};
