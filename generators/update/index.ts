import { doorTo } from '../door.js';

/** `yo azmlops:update`: the same as `azmlops update`. */
export default doorTo('update');
