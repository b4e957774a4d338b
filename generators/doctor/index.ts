import { doorTo } from '../door.js';

/** `yo azmlops:doctor`: the same as `azmlops doctor`. */
export default doorTo('doctor');
