// What a map stands on: pictures and vectors of one PMTiles file, and what is
// said when there is none to be had.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paletteOf, roadOf } from '../src/map/style.js';
import { around, look, openOn, pageWith, untilColour } from './kit/map.mjs';
import { wellMade } from './kit/people.mjs';
import { mvt, picture, pmtiles } from './kit/pmtiles.mjs';

test('roads grow as one comes closer', () => {
  assert.ok(roadOf({ kind: 'highway' }, 8).width < roadOf({ class: 'motorway' }, 17).width);
  assert.equal(roadOf({ kind: 'minor_road' }, 10), null);
  assert.equal(roadOf({ kind: 'spaceway' }, 16), null);
});

test('pictures of a PMTiles file lie under the way, also closer than the file goes', async (t) => {
  const house = await openOn(t, async (path, dir) => {
    const tiles = [await picture(dir, 'green'), await picture(dir, 'orange')];
    await pmtiles(path, { type: 'png', around, zooms: [12, 13, 14, 15], tile: ({ x, y }) => tiles[(x + y) % 2] });
  });
  const page = await pageWith(house, 'map-way');
  const asked = [];
  page.on('response', (r) => r.url().includes('pmtiles') && asked.push(r.status()));
  await page.reload();
  await untilColour(page, [0, 128, 0]);
  assert.ok((await look(page)).zoom > 15);
  assert.ok(asked.length > 0 && asked.every((s) => s === 206), asked.join(' '));
  assert.match(await page.locator('.map-note').innerText(), /배경 지도: © 한빛시 <b>/);
  assert.equal(await page.locator('.map-grid').count(), 0);
  await wellMade(house, page);
  await house.screenshot(page, 'map-pictures');
  assert.deepEqual(house.problems, []);

  await t.test('without tiles that can be read, or without the track, the page says so and goes on', async () => {
    await page.route('**/map/tiles.pmtiles*', (r) => r.fulfill({ status: 404 }));
    await page.reload();
    await page.getByText('배경 지도를 읽지 못해 위치만 그립니다.').waitFor();
    assert.ok((await page.locator('.map-grid').count()) > 4);
    assert.equal(await page.locator('.map-now').count(), 1);

    const late = await pageWith(house, 'map-way', { track: null });
    await late.getByText('경로를 불러오지 못해 그림만 보여 줍니다.').waitFor();
    assert.equal(await late.locator('.map-drawing').isVisible(), true);
    await wellMade(house, late);
  });

  await t.test('nobody who is not signed in is given a tile', async () => {
    const answer = await fetch(house.url + '/map/tiles.pmtiles', { headers: { Range: 'bytes=0-6' }, redirect: 'manual' });
    assert.equal(answer.status, 303);
  });
});

// A town: a river, a park, a house, two roads with their names.
const town = mvt({
  earth: [{ type: 3, points: [[0, 0], [4096, 0], [4096, 4096], [0, 4096]] }],
  landuse: [{ type: 3, points: [[200, 200], [1500, 200], [1500, 1500], [200, 1500]], properties: { kind: 'park' } }],
  water: [{ type: 3, points: [[0, 2600], [4096, 2200], [4096, 3200], [0, 3600]], properties: { kind: 'river' } }],
  buildings: [{ type: 3, points: [[2400, 400], [3000, 400], [3000, 1000], [2400, 1000]] }],
  roads: [
    { type: 2, points: [[0, 1900], [4096, 1900]], properties: { kind: 'major_road', name: '한빛대로' } },
    { type: 2, points: [[2000, 0], [2000, 4096]], properties: { kind: 'minor_road', name: '시청길' } },
  ],
  places: [{ type: 1, points: [[3000, 1400]], properties: { kind: 'locality', 'name:ko': '한빛동' } }],
});
const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

test('a vector map is painted, light and dark', async (t) => {
  const house = await openOn(t, (path) => pmtiles(path, { type: 'mvt', around, zooms: [14, 15], tile: () => town }));
  const page = await pageWith(house, 'map-way');
  for (const colorScheme of ['light', 'dark']) {
    if (colorScheme === 'dark') await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'contrast'));
    await page.evaluate(async (zoom) => (await globalThis.maps)[0].map.setZoom(zoom, { animate: false }), colorScheme === 'dark' ? 16 : 15);
    const palette = paletteOf({ colorScheme });
    for (const part of ['land', 'water', 'green', 'main', 'building', 'name']) await untilColour(page, rgb(palette[part]));
    await wellMade(house, page);
    await house.screenshot(page, `map-vector-${colorScheme}`);
  }
  assert.deepEqual(house.problems, []);
});
