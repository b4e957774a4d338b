import { doorTo } from '../door.js';

/** `yo azmlops:upgrade`: the same as `azmlops upgrade`. */
export default doorTo('upgrade');
