// A page with one map on it, and what is to be seen there.

import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wayOf } from '../../src/map/way.js';
import { open } from '../harness.mjs';
import { signIn } from './people.mjs';

const web = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where the maps of the tests are. */
export const around = { lat: 37.5504, lon: 126.9705 };

/** Three sides of a block and a bit, in a minute; web/way_test.go has the same. */
export const round = wayOf(
  [
    [126.97, 37.55, 30],
    [126.971, 37.55, 45.5],
    [126.971, 37.5508, 80],
    [126.9704, 37.551, 62],
    [126.97, 37.55, 31],
  ],
  [0, 12, 30.5, 41, 65],
);

/** A house whose maps lie on the file that `make(path, dir)` writes. */
export async function openOn(t, make) {
  const dir = await mkdtemp(join(tmpdir(), 'jikim-map-'));
  t.after(() => rm(dir, { recursive: true, force: true }));
  await make(join(dir, 'town.pmtiles'), dir);
  await writeFile(join(dir, 'jikim.yaml'), `map: ${join(dir, 'town.pmtiles')}\n`);
  const house = await open(t, { serve: ['--config', join(dir, 'jikim.yaml')] });
  return Object.assign(house, { tiled: true });
}

const assetAddress = async (name) => {
  const sum = createHash('sha256').update(await readFile(join(web, 'static', name)));
  return `/static/${name.replace(/\.(\w+)$/, `.${sum.digest('hex').slice(0, 16)}.$1`)}`;
};

/**
 * A page of the house's own look with one part of templates/parts/map.html, as
 * a golden file has it, under the house's content policy.
 *
 * @param {object} [of]
 * @param {string} [of.film] path of a film to show beside it
 * @param {object | null} [of.track] what the server gives as the way; null: 410
 * @param {string} [of.extra] more of the page
 * @param {object} [of.context] of the browser
 */
export async function pageWith(house, golden, { film, track = round, extra = '', context } = {}) {
  const page = await signIn(house, 'responsible', context);
  const answer = await page.goto(house.url + '/help');
  const style = await page.locator('link[rel=stylesheet]').first().getAttribute('href');
  const part = await readFile(join(web, 'testdata', `${golden}.golden.html`), 'utf8');
  const ground = house.tiled ? ' data-tiles="/map/tiles.pmtiles" data-attribution="© 한빛시 &lt;b&gt;"' : '';
  const video = '<video id="player" src="/film.mp4" muted preload="auto" width="320" height="180"></video>';
  const body = `<!DOCTYPE html><html lang="ko"><title>지도</title><link rel="stylesheet" href="${style}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <script type="module" src="/map-page.js"></script><main class="band"><h1>지도</h1>${film ? video : ''}${extra}
    ${part.replace('/static/dist/map.css', await assetAddress('dist/map.css')).replace(/ data-script="[^"]*"/, ground)}</main></html>`;
  const script = `import { mount } from '${await assetAddress('dist/map.js')}';
    globalThis.mount = mount;
    globalThis.maps = Promise.all([...document.querySelectorAll('[data-map]')].map(mount));`;
  const headers = { 'Content-Security-Policy': answer.headers()['content-security-policy'] };
  const give = (path, contentType, text, status = 200) =>
    page.route(house.url + path, (r) => r.fulfill({ status, headers: { ...headers, 'Content-Type': contentType }, body: text }));
  await give('/map-page', 'text/html; charset=utf-8', body);
  await give('/map-page.js', 'text/javascript', script);
  await give('/api/v1/views/t/track', 'application/geo+json', JSON.stringify(track), track ? 200 : 410);
  if (film) await page.route(house.url + '/film.mp4', ranged(await readFile(film)));
  await page.goto(house.url + '/map-page');
  await page.evaluate(() => globalThis.maps);
  return page;
}

// Gives ranges: without them a browser does not jump in a film.
const ranged = (film) => (route) => {
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(route.request().headers().range ?? 'bytes=0-');
  const end = Math.min(film.length - 1, to ? +to : Infinity);
  return route.fulfill({
    status: 206,
    headers: { 'Content-Type': 'video/mp4', 'Accept-Ranges': 'bytes', 'Content-Range': `bytes ${from}-${end}/${film.length}` },
    body: film.subarray(+from, end + 1),
  });
};

/** What the map looks at, once it has come to rest. */
export async function look(page) {
  const now = () =>
    page.evaluate(async () => {
      const { map } = (await globalThis.maps)[0];
      const { lat, lng } = map.getCenter();
      return { lat, lng, zoom: map.getZoom() };
    });
  let before = await now();
  for (;;) {
    await page.waitForTimeout(250);
    const seen = await now();
    if (JSON.stringify(seen) === JSON.stringify(before)) return seen;
    before = seen;
  }
}

/** Where in the window a place is. */
export const spotOf = (page, { lat, lon }) =>
  page.evaluate(
    async ([lat, lon]) => {
      const { map } = (await globalThis.maps)[0];
      const { x, y } = map.latLngToContainerPoint([lat, lon]);
      const box = map.getContainer().getBoundingClientRect();
      return { x: box.x + x, y: box.y + y };
    },
    [lat, lon],
  );

/** Waits until the tiles in sight have a colour (0 to 255 each). */
export const untilColour = (page, rgb) =>
  page.waitForFunction((rgb) => {
    for (const canvas of document.querySelectorAll('.map-box canvas.leaflet-tile-loaded')) {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      for (let i = 0; i < data.length; i += 4) {
        if (rgb.every((v, at) => Math.abs(data[i + at] - v) < 8)) return true;
      }
    }
    return false;
  }, rgb);
