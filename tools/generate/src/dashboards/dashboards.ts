import { clientsDashboard } from './clients.js';
import { mediaNodeDashboard } from './media-node.js';
import { messagingDashboard } from './messaging.js';
import { overviewDashboard } from './overview.js';
import { type Dashboard } from './render-dashboard.js';
import { roomsDashboard } from './rooms.js';

export const dashboards: Dashboard[] = [
  overviewDashboard,
  roomsDashboard,
  mediaNodeDashboard,
  messagingDashboard,
  clientsDashboard,
];
