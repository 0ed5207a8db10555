import { certificateFault } from './certificate-fault.js';
import { edgeFaults } from './edge-faults.js';
import { type Fault } from './fault.js';
import { mediaFaults } from './media-faults.js';
import { processFaults } from './process-faults.js';
import { serviceFaults } from './service-faults.js';
import { storeFaults } from './store-faults.js';
import { streamFaults } from './stream-faults.js';

export const faults: Fault[] = [
  // Its first one needs calm objectives, which most of the other faults disturb.
  ...storeFaults,
  ...streamFaults,
  ...serviceFaults,
  ...processFaults,
  certificateFault,
  ...edgeFaults,
  ...mediaFaults,
];

/** Alerts that the check does not provoke, and why. */
export const excused: Record<string, string> = {
  PolyroomMediaWorkerSaturated:
    'it takes as many clients as keep a core busy, and cores of their own for them',
  PolyroomMediaPacketLoss: 'the loopback interface loses no packets',
  PolyroomFactsLost: 'the check has no fault for it yet: an outage of NATS alone loses no facts',
  PolyroomSlowReaders: 'the check has no fault for it yet',
};
