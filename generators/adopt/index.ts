import { doorTo } from '../door.js';

/** `yo azmlops:adopt`: the same as `azmlops adopt`. */
export default doorTo('adopt');
