import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type NodeReport } from '@polyroom/contracts';

/** Whether this node accepts new sessions. Draining is final: the process is about to end. */
@Injectable()
export class NodeState {
  /** Identifies this process: a node restarted under the same name has another incarnation. */
  readonly incarnation = randomUUID();
  private state: NodeReport['state'] = 'active';

  get current(): NodeReport['state'] {
    return this.state;
  }

  get draining(): boolean {
    return this.state === 'draining';
  }

  drain(): void {
    this.state = 'draining';
  }
}
