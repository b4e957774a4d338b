import { describe, expect, it } from 'vitest';
import { treeOf } from '../support/trees.js';
import {
  able,
  asked,
  cloudOf,
  DATA,
  green,
  happens,
  inRegistry,
  registered,
  result,
  standing,
  traffic,
  trained,
  WORKSPACE,
} from './act/scenes.js';

// How a model reaches production at level 3, by the emitted workflows, on a cloud that scripts/setup.sh has set up.

/** Scenes that differ little from another one, or take long: `npm run test:all` runs them. */
const more = it.skipIf(!process.env.AZMLOPS_ALL);
const CHECKS = ['promote', 'test', 'model-tests', 'fairness', 'staging.deploy', 'smoke', 'integration'];

describe.skipIf(!able)('release', () => {
  const tree = () => treeOf(3);

  it('takes a first model from training to empty staging and production', async () => {
    const cloud = await cloudOf(tree());
    cloud.training = trained('promote', 'First model: nothing to compare with.');
    const ran = await happens(cloud, tree(), { workflow: 'train', on: 'push' });
    expect(result(ran), ran.log).toEqual(
      green(
        'azure',
        ...[...CHECKS, 'responsible-ai', 'guard', 'production.deploy'].map((job) => `release.${job}`),
      ),
    );
  });
});
