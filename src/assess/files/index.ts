export { filesOf } from './of-tree.js';
export { openFiles } from './open.js';
