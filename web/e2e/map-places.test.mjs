// Many clips on one map: counted, opened, told apart, and searched for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apart, cluster } from '../src/map/cluster.js';
import { open } from './harness.mjs';
import { film, photo } from './kit/footage.mjs';
import { look, pageWith } from './kit/map.mjs';
import { signIn, upload, wellMade } from './kit/people.mjs';

test('places that lie close are one, in their middle', () => {
  const flat = ({ lat, lon }) => ({ x: lon * 10, y: lat * 10 });
  const places = [{ lat: 0, lon: 0 }, { lat: 0, lon: 3 }, { lat: 0, lon: 90, count: 12 }, { lat: 0, lon: 4.5 }];
  const knots = cluster(places, flat, 44);
  assert.deepEqual(knots.map((k) => [k.lon, k.count, k.members.length]), [[1.5, 2, 2], [90, 12, 1], [4.5, 1, 1]]);
  assert.equal(apart(knots[0].members), true);
  assert.equal(apart([{ lat: 1, lon: 1 }, { lat: 1, lon: 1 }]), false);
  assert.deepEqual(cluster([], flat, 44), []);
});

test('many places are counted, opened, and searched for', async (t) => {
  const house = await open(t);
  const extra = '<form id="search" action="/clips" aria-label="검색"><button>검색</button></form>';
  const page = await pageWith(house, 'map-places', { extra });
  const group = page.getByRole('button', { name: '여기서 찍은 영상 2건 펼치기' });
  const links = page.locator('.map-box').getByRole('link');
  const names = () => links.evaluateAll((all) => all.map((a) => a.title));
  assert.equal(await group.innerText(), '2건');
  assert.deepEqual(await names(), ['far.MP4']);
  assert.match(await links.first().getAttribute('href'), /\/clips\/far$/);
  await wellMade(house, page);
  await house.screenshot(page, 'map-places');

  for (let i = 0; i < 12 && (await group.count()); i++) {
    await group.press('Enter');
    await look(page);
  }
  assert.deepEqual(await names(), ['one.MP4', 'two.MP4']);

  await page.getByRole('button', { name: '이 지도 영역에서 찾기' }).press('Enter');
  await page.waitForURL(/\/clips\?/);
  const asked = new URL(page.url()).searchParams;
  for (const name of ['south', 'west', 'north', 'east']) assert.match(asked.get(name), /^\d+\.\d{5}$/);
  assert.ok(+asked.get('south') < 37.55 && +asked.get('north') > 37.55 && +asked.get('north') < 37.56);

  await t.test('the map begins where the search was', async () => {
    const fields = ['south', 'west', 'north', 'east'].map((name) => `<input type="hidden" name="${name}" value="${asked.get(name)}">`);
    const again = await pageWith(house, 'map-places', { extra: extra.replace('</form>', fields.join('') + '</form>') });
    const { lat, lng } = await look(again);
    assert.ok(Math.abs(lat - (+asked.get('south') + +asked.get('north')) / 2) < 1e-4, `${lat}`);
    assert.ok(Math.abs(lng - (+asked.get('west') + +asked.get('east')) / 2) < 1e-4, `${lng}`);
  });

  await t.test('clips of one and the same place are told apart by a list', async () => {
    const one = await pageWith(house, 'map-places', { extra });
    await one.evaluate(async () => {
      for (const item of document.querySelectorAll('.map-places li')) Object.assign(item.dataset, { lat: 37.55, lon: 126.97 });
      for (const map of await globalThis.maps) map.destroy();
      await globalThis.mount(document.querySelector('[data-map]'));
    });
    await one.getByRole('button', { name: '여기서 찍은 영상 3건 펼치기' }).press('Enter');
    const list = one.locator('.map-here');
    assert.match(await list.innerText(), /이 자리에서 찍은 영상 3건/);
    assert.equal(await list.getByRole('link').count(), 3);
    assert.ok(await list.evaluate((e) => e === document.activeElement));
    await wellMade(house, one);
  });
  assert.deepEqual(house.problems, []);
});

test('the list shows where its clips were filmed', async (t) => {
  const house = await open(t);
  const at = (place) => ['-metadata', `location=${place}/`];
  await upload(house, [
    await film(house.dir, '민원_0001.MP4', 1, at('+37.5504+126.9705')),
    await film(house.dir, '민원_0002.MP4', 1, at('+37.5604+126.9805')),
    await photo(house.dir, 'P_0003.JPG'),
  ]);
  const page = await signIn(house, 'reviewer');
  await page.goto(house.url + '/clips');
  await page.getByRole('navigation', { name: '보기 전환' }).getByRole('link', { name: '지도' }).press('Enter');
  const pin = page.locator('.map-box').getByRole('link', { name: '민원_0002.MP4' });
  await pin.waitFor();
  await wellMade(house, page);
  await house.screenshot(page, 'map-list');
  await pin.press('Enter');
  await page.getByRole('heading', { name: '민원_0002.MP4' }).waitFor();
  assert.deepEqual(house.problems, []);

  const plain = await signIn(house, 'reviewer', { javaScriptEnabled: false });
  await plain.goto(house.url + '/clips?view=map');
  await plain.locator('.map-drawing').getByRole('link', { name: '민원_0001.MP4' }).click();
  await plain.getByRole('heading', { name: '민원_0001.MP4' }).waitFor();
});
