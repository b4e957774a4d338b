import { doorTo } from '../door.js';

/** `yo azmlops:assess`: the same as `azmlops assess`. */
export default doorTo('assess');
