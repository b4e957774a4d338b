import type { Step } from '../step.js';

/** What training runs in is an environment of its own: what the team added to the project is needed there too. */
export const toLevel2: Step = {
  to: 2,
  moves: () => [],
  lift: async (stage) => (await import('./lift.js')).liftToEnvironments(stage),
};
