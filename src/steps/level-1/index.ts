import type { Step } from '../step.js';

/** The notebook's code becomes a package, its requirements those of a project. */
export const toLevel1: Step = {
  to: 1,
  moves: (pkg) => [
    { from: 'src/scoring.py', to: `src/${pkg}/scoring.py` },
    { from: 'src/contract.json', to: `src/${pkg}/contract.json` },
  ],
  lift: async (stage) => (await import('./lift.js')).liftToPackage(stage),
};
