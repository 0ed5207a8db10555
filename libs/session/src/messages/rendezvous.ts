/**
 * The one of `names` for a key: everybody who knows the same names chooses the same one, and where one comes or
 * goes only its own keys move (highest random weight; Thaler and Ravishankar 1998).
 */
export function chooseByRendezvous(names: readonly string[], key: string): string | undefined {
  let best: string | undefined;
  let bestWeight = -1;
  for (const name of names) {
    const weight = weigh(`${name} ${key}`);
    // Equal weights are decided by the name, not by who was heard first.
    if (weight > bestWeight || (weight === bestWeight && best !== undefined && name < best)) {
      best = name;
      bestWeight = weight;
    }
  }
  return best;
}

/** FNV-1a, then the mixing of MurmurHash3, as FNV alone hardly spreads the last characters. */
function weigh(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
