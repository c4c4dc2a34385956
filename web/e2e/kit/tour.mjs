// A tour of every page: nothing for axe to find, nothing beside the window,
// nothing that the content policy had to stop; in both looks.

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from '../harness.mjs';
import { film } from './footage.mjs';
import { signIn, upload, wellMade } from './people.mjs';

const pages = {
  '': ['/sign-in', '/help', '/parts', '/nowhere'],
  dock: ['/upload', '/password', '/help'],
  responsible: ['/clips', 'clip', '/due', '/ledger', '/registry', '/clips?from=nonsense'],
};

const looks = ['light', 'contrast'];

/** Walks through every page in a window and keeps a picture of each. */
export async function tour(t, context) {
  const house = await open(t);
  await rehearse(house);
  await upload(house, [await film(house.dir, '민원_0001.MP4', 1)]);
  for (const [name, paths] of Object.entries(pages)) {
    const page = name ? await signIn(house, name, context) : await house.page(context);
    for (const path of paths) {
      if (path === 'clip') {
        await page.goto(house.url + '/clips');
        await page.getByRole('link', { name: '민원_0001.MP4' }).click();
      } else await page.goto(house.url + path);
      for (const look of looks) {
        await page.evaluate((chosen) => (document.documentElement.dataset.theme = chosen), look);
        await wellMade(house, page);
        const picture = path.replace(/\W+/g, '-').replace(/^-/, '');
        await house.screenshot(page, `${picture}-${context.viewport.width}${look === 'light' ? '' : '-contrast'}`);
      }
    }
  }
  // A page with a mistake in it answers 422, one that is not there 404.
  assert.deepEqual(house.problems.filter((p) => !/\b(422|404)\b/.test(p)), []);
}

/** Marks the house as a rehearsal: the living page of parts is there. */
export async function rehearse(house) {
  await writeFile(join(house.data, 'REHEARSAL'), '');
}
