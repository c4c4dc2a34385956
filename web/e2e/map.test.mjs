// Where a recording went: moving with the picture, by keyboard, without tiles.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWay, secondAt, whereAt, wayOf } from '../src/map/way.js';
import { clock, place, spoken } from '../src/map/words.js';
import { open } from './harness.mjs';
import { film } from './kit/footage.mjs';
import { look, pageWith, round, spotOf } from './kit/map.mjs';
import { wellMade } from './kit/people.mjs';

test('where a way was at a second, and when at a place', () => {
  const way = readWay(round);
  assert.deepEqual(whereAt(way, -5), way.fixes[0]);
  assert.deepEqual(whereAt(way, 99), way.fixes[4]);
  const half = whereAt(way, 6);
  assert.deepEqual([half.lat, +half.lon.toFixed(7), half.alt], [37.55, 126.9705, 37.75]);
  assert.equal(Math.round(secondAt(way, { lat: 37.5499, lon: 126.9705 })), 6);
  assert.equal(secondAt(way, { lat: 37.5508, lon: 126.98 }), 30.5);
  assert.deepEqual(readWay({ type: 'Feature', geometry: null, properties: { offset_s: [] } }).fixes, []);
  assert.equal(readWay(wayOf([[126.7, 37.5]], [0])).fixes.length, 1);
  const bad = () => readWay(wayOf([[1, 2], [3, 4]], [0]));
  assert.throws(bad, /2 positions at 1 times/);
});

test('a way across the date line does not run around the earth', () => {
  const way = readWay(wayOf([[179.9, 10], [-179.9, 10], [179.8, 10]], [0, 10, 20]));
  assert.deepEqual(way.fixes.map((f) => +f.lon.toFixed(6)), [179.9, 180.1, 179.8]);
  assert.equal(place(whereAt(way, 10)), '10.00000, -179.90000');
});

test('times are written and read out', () => {
  assert.deepEqual([0, 65, 3723.4].map(clock), ['0:00', '1:05', '1:02:03']);
  assert.deepEqual([0, 65, 3600].map(spoken), ['0초', '1분 5초', '1시간']);
});

test('a way moves with the picture, on empty ground', async (t) => {
  const house = await open(t);
  // The minute of the way in six seconds of film.
  const track = wayOf(round.geometry.coordinates, [0, 1.2, 3, 4.1, 6]);
  const page = await pageWith(house, 'map-way', { film: await film(house.dir, '비행_0001.MP4', 6), track });
  const where = page.locator('.map-where');
  const second = () => page.evaluate(() => document.getElementById('player').currentTime);
  const untilSecond = (from, to) =>
    page.waitForFunction(
      ([from, to]) => {
        const film = document.getElementById('player');
        return !film.seeking && film.currentTime >= from && film.currentTime <= to;
      },
      [from, to],
    );

  await t.test('empty ground has a grid, coordinates, a scale and the north', async () => {
    assert.match(await where.innerText(), /0:00 · 위도·경도 37\.55000, 126\.97000 · 고도 30 m/);
    assert.ok((await page.locator('.map-grid').count()) > 4);
    assert.match(await page.locator('.map-note').innerText(), /가운데 위도·경도 37\.55\d+, 126\.97\d+ · 격자/);
    assert.match(await page.locator('.map-box').innerText(), /\d+ m/);
    assert.match(await page.locator('.map-view').innerText(), /북/);
    assert.equal(await page.locator('.map-drawing').isVisible(), false);
  });

  await t.test('the mark follows the film', async () => {
    const before = await page.locator('.map-now').boundingBox();
    await page.evaluate(() => document.getElementById('player').play());
    await untilSecond(0.6, 6);
    await page.evaluate(() => document.getElementById('player').pause());
    assert.ok((await page.locator('.map-now').boundingBox()).x > before.x + 20);
  });

  await t.test('the line, the heights, the slider and the table lead to a moment', async () => {
    const spot = await spotOf(page, { lat: 37.5504, lon: 126.971 });
    await page.mouse.click(spot.x, spot.y);
    await untilSecond(1.95, 2.25);
    assert.match(await where.innerText(), /37\.550[34]\d, 126\.97100/);
    await page.getByLabel('경로 위의 곳').focus();
    await page.keyboard.press('End');
    await untilSecond(5.8, 6);
    const read = await page.getByLabel('경로 위의 곳').getAttribute('aria-valuetext');
    assert.match(read, /6초, 위도·경도 37\.55000, 126\.97000, 고도 31 m/);
    await page.getByText('경로를 표로 보기').press('Enter');
    await page.getByRole('button', { name: '0:02 장면으로 가기' }).press('Enter');
    await untilSecond(2, 2);
    await page.locator('svg[data-profile]').click({ position: { x: 70, y: 40 } });
    await untilSecond(0, 1.5);
    assert.notEqual(await second(), 2);
  });

  await t.test('it is moved by keyboard and by buttons', async () => {
    await page.getByRole('button', { name: '전체 보기' }).press('Enter');
    const start = await look(page);
    await page.locator('.map-box').focus();
    await page.keyboard.press('ArrowRight');
    assert.ok((await look(page)).lng > start.lng);
    await page.keyboard.press('Equal');
    assert.equal((await look(page)).zoom, start.zoom + 1);
    await page.getByRole('button', { name: '축소' }).press('Enter');
    await page.getByRole('button', { name: '아래로' }).press('Enter');
    const after = await look(page);
    assert.equal(after.zoom, start.zoom);
    assert.ok(after.lat < start.lat);
    await page.getByRole('button', { name: '전체 보기' }).press('Enter');
    const all = await look(page);
    assert.ok(all.zoom === start.zoom && Math.abs(all.lat - start.lat) < 1e-4 && Math.abs(all.lng - start.lng) < 1e-4);
    await page.getByRole('button', { name: '지도가 따라가기' }).press('Enter');
    assert.equal(await page.getByRole('button', { name: '지도가 따라가기' }).getAttribute('aria-pressed'), 'false');
  });

  await t.test('it is well made on a desk and in a hand', async () => {
    await wellMade(house, page);
    await house.screenshot(page, 'map-way-1280');
    await page.setViewportSize({ width: 390, height: 844 });
    await wellMade(house, page);
    await house.screenshot(page, 'map-way-390');
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.locator('.map-drawing').isVisible(), true);
    assert.equal(await page.locator('.map-box').isVisible(), false);
  });
  assert.deepEqual(house.problems, []);
});
