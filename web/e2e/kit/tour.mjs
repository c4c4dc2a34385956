// A tour of every page: nothing for axe to find, nothing beside the window,
// nothing that the content policy had to stop.

import assert from 'node:assert/strict';
import { open } from '../harness.mjs';
import { film } from './footage.mjs';
import { signIn, upload, wellMade } from './people.mjs';

const pages = {
  '': ['/sign-in'],
  dock: ['/upload', '/password'],
  responsible: ['/clips', 'clip', '/due', '/ledger', '/registry', '/clips?from=nonsense'],
};

/** Walks through every page in a window and keeps a picture of each. */
export async function tour(t, context) {
  const house = await open(t);
  await upload(house, [await film(house.dir, '민원_0001.MP4', 1)]);
  for (const [name, paths] of Object.entries(pages)) {
    const page = name ? await signIn(house, name, context) : await house.page(context);
    for (const path of paths) {
      if (path === 'clip') {
        await page.goto(house.url + '/clips');
        await page.getByRole('link', { name: '민원_0001.MP4' }).click();
      } else await page.goto(house.url + path);
      await wellMade(house, page);
      const picture = path.replace(/\W+/g, '-').replace(/^-/, '');
      await house.screenshot(page, `${picture}-${context.viewport.width}`);
    }
  }
  // The page with a mistake in it answers 422, as it should.
  assert.deepEqual(house.problems.filter((p) => !p.includes('422')), []);
}
