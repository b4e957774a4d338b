import { usedAsTold } from './as-told.js';

usedAsTold('regression');
