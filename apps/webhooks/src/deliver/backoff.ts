const firstMs = 1000;
/** Of a room behind an event that the endpoint refuses. */
const maxRoomMs = 10 * 60_000;
/** Of an endpoint that answers nothing: one attempt a minute finds it again soon after its return. */
const maxEndpointMs = 60_000;

/** Delay before the next attempt of a room, after this many failures. */
export function roomDelayMs(attempts: number): number {
  return delayMs(attempts, maxRoomMs);
}

export function endpointDelayMs(failures: number): number {
  return delayMs(failures, maxEndpointMs);
}

/** Doubles, with up to a fifth less, so that many do not come at the same time. */
function delayMs(failures: number, maxMs: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 20));
  return Math.round(full * (1 - Math.random() * 0.2));
}
