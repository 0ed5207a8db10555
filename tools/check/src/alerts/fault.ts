import { type AlertsWorld } from './alerts-world.js';

/** A failure that provokes alerts, and its cure. */
export interface Fault {
  name: string;
  /** The remedy of each alert that it provokes, in the words of its section in the runbooks. */
  remedies: Record<string, string>;
  provoke(world: AlertsWorld): Promise<unknown>;
  /** Carries out the remedies. */
  cure(world: AlertsWorld): Promise<unknown>;
  /** Undoes what else the fault needed, when its alerts are resolved. */
  restore?(world: AlertsWorld): Promise<unknown>;
}
