export { chooseNode, type PlacementWishes, silentAfterMs } from './choose-node.js';
