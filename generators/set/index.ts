import { doorTo } from '../door.js';

/** `yo azmlops:set`: the same as `azmlops set`. */
export default doorTo('set');
