// The map on the page where a recording is looked at.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './harness.mjs';
import { film, flight } from './kit/footage.mjs';
import { round } from './kit/map.mjs';
import { openClip, signIn, upload, wellMade } from './kit/people.mjs';

test('the place of a film stands on its page, with and without scripts', async (t) => {
  const house = await open(t);
  await upload(house, [await film(house.dir, '민원_0001.MP4', 1, ['-metadata', 'location=+37.5504+126.9705/'])]);
  const page = await signIn(house, 'reviewer');
  await page.goto(house.url + '/clips');
  await openClip(page, '민원_0001.MP4', '확인');
  await page.locator('.map').scrollIntoViewIfNeeded();
  await page.locator('.map-live').waitFor();
  assert.match(await page.locator('.map').innerText(), /위도·경도 37\.550\d\d, 126\.970\d\d/);
  await wellMade(house, page);
  await house.screenshot(page, 'map-watch');
  const weight = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter((r) => r.initiatorType !== 'video')
      .reduce((sum, r) => sum + r.transferSize, 0),
  );
  assert.ok(weight > 150_000 && weight < 300_000, `${weight} bytes besides the page itself`);
  assert.deepEqual(house.problems, []);

  const plain = await signIn(house, 'reviewer', { javaScriptEnabled: false });
  await plain.goto(house.url + '/clips');
  await openClip(plain, '민원_0001.MP4', '확인');
  assert.equal(await plain.locator('svg.map-drawing').isVisible(), true);
});

test('the way of a flight is made in the background and moves with its film', async (t) => {
  const house = await open(t);
  await upload(house, [await flight(house.dir, 'DJI_0001.MP4', round)]);
  const page = await signIn(house, 'reviewer');
  const way = page.locator('[data-track]');
  for (const end = Date.now() + 60_000; !(await way.count()); await page.waitForTimeout(500)) {
    assert.ok(Date.now() < end, 'no way within a minute');
    await page.goto(house.url + '/clips');
    await openClip(page, 'DJI_0001.MP4', '비행 확인');
  }
  await way.scrollIntoViewIfNeeded();
  await page.locator('.map-live').waitFor();
  assert.match(await page.locator('.map').innerText(), /움직인 거리\s+약 3\d\d m[\s\S]*가장 높은 곳\s+80 m/);
  const start = await page.locator('.map-where').innerText();
  await page.evaluate(() => (document.getElementById('player').currentTime = 3));
  await page.waitForFunction((start) => document.querySelector('.map-where').textContent !== start, start);
  assert.match(await page.locator('.map-where').innerText(), /^0:03/);
  await wellMade(house, page);
  await house.screenshot(page, 'map-flight');
  assert.deepEqual(house.problems, []);
});
