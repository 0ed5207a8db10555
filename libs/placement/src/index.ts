export { chooseNode, type PlacementWishes } from './choose-node.js';
