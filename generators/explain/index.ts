import { doorTo } from '../door.js';

/** `yo azmlops:explain`: the same as `azmlops explain`. */
export default doorTo('explain');
