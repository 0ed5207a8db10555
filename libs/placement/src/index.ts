export { chooseNode, type PlacementWishes, silentAfterMs } from './choose-node.js';
export { meanSessionLoad, withPlaced } from './with-placed.js';
