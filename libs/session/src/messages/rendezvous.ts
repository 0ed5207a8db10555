/**
 * Chooses one of `names` for a key: equal lists give the same choice, and a change of the list moves only the
 * keys of the added or removed name (highest random weight; Thaler and Ravishankar 1998).
 */
export function chooseByRendezvous(names: readonly string[], key: string): string | undefined {
  let best: string | undefined;
  let bestWeight = -1;
  for (const name of names) {
    const weight = weigh(`${name} ${key}`);
    // Ties are resolved by name, independent of the list's order.
    if (weight > bestWeight || (weight === bestWeight && best !== undefined && name < best)) {
      best = name;
      bestWeight = weight;
    }
  }
  return best;
}

/** FNV-1a, then MurmurHash3's finalizer, because FNV alone barely diffuses the last characters. */
function weigh(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
