import { doorTo } from '../door.js';

/** `yo azmlops`: the same as `azmlops new`. */
export default doorTo('new');
