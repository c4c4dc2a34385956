// Looking closely: a player by keys, the files of a recording one after
// another, a photo enlarged, a doubt settled, and what is there without scripts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './harness.mjs';
import { film, photo } from './kit/footage.mjs';
import { openClip, signIn, upload, wellMade, wide } from './kit/people.mjs';

const now = (page) => page.evaluate(() => document.getElementById('player').currentTime);

test('a film is looked through by keys, which can be switched off', async (t) => {
  const house = await open(t);
  await upload(house, [await film(house.dir, 'REC_0001.MP4', 12)]);
  const page = await signIn(house, 'reviewer', wide);
  await page.goto(house.url + '/clips');
  await openClip(page, 'REC_0001.MP4', '폭언 신고 확인');
  await page.waitForFunction(() => document.getElementById('player').readyState >= 2);
  await page.getByRole('slider', { name: '재생 위치' }).waitFor();
  assert.equal(await page.locator('#player').getAttribute('controls'), null);

  await page.keyboard.press('ArrowRight');
  assert.ok(Math.abs((await now(page)) - 5) < 0.1);
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  const stepped = await now(page);
  assert.ok(stepped > 5.05 && stepped < 5.1, `two frames on it is at ${stepped} s`);
  await page.keyboard.press(',');
  assert.ok((await now(page)) < stepped);
  await page.keyboard.press('Home');
  assert.equal(await now(page), 0);
  await page.keyboard.press('>');
  assert.equal(await page.getByLabel('재생 속도').inputValue(), '1.5');
  await page.keyboard.press('k');
  await page.waitForFunction(() => document.getElementById('player').currentTime > 0.4);
  await page.keyboard.press('k');
  assert.match(await page.locator('#moment').textContent(), /촬영 2\d{3}\. \d+\. \d+\.\(.\) \d\d:\d\d:\d\d/);

  await page.getByText('자판으로 다루기').click();
  await page.getByLabel('아래 글쇠 쓰기').uncheck();
  const before = await now(page);
  await page.locator('h1').click();
  await page.keyboard.press('ArrowRight');
  assert.equal(await now(page), before);
  await wellMade(house, page);
  await page.getByRole('button', { name: '크게 보기' }).click();
  await page.waitForFunction(() => document.fullscreenElement?.querySelector('.mark'));
  assert.deepEqual(house.problems, []);
});

test('the files of one recording go on by themselves, each recorded', async (t) => {
  const house = await open(t);
  const names = ['GX010042.MP4', 'GX020042.MP4'];
  await upload(house, await Promise.all(names.map((name) => film(house.dir, name, 2))));
  const page = await signIn(house, 'reviewer', wide);
  await page.goto(house.url + '/clips');
  await openClip(page, names[0], '추락 경위 확인');
  await page.waitForFunction(() => document.getElementById('player').readyState >= 2);
  await page.evaluate(() => Object.assign(document.getElementById('player'), { muted: true }).play());
  await page.getByRole('heading', { name: `${names[1]} 열람` }).waitFor();
  await page.waitForFunction(() => !document.getElementById('player').paused);
  assert.match(page.url(), /\/watch\//);
  await page.locator('.recording-cursor').waitFor({ state: 'attached' });
  await wellMade(house, page);
  await house.screenshot(page, 'watch-recording-1440');
  await page.getByRole('button', { name: '이전 파일' }).click();
  await page.getByRole('heading', { name: `${names[0]} 열람` }).waitFor();
  await page.goto(page.url().replace(/\/watch\/.*/, ''));
  assert.match(await page.getByRole('main').innerText(), /이 촬영의 파일[\s\S]*GX020042.MP4/);
  const looks = await page.getByRole('row', { name: /추락 경위 확인/ }).count();
  assert.equal(looks, 1, 'going back to a file is no second look');
  await page.getByRole('link', { name: /서명된 대장/ }).click();
  await page.getByText('적힌 그대로임을 방금 확인했습니다').waitFor();
  await wellMade(house, page);
  assert.deepEqual(house.problems, []);
});

test('a photo is enlarged and turned', async (t) => {
  const house = await open(t);
  await upload(house, [await photo(house.dir, 'P_0002.JPG')]);
  const page = await signIn(house, 'reviewer');
  await page.goto(house.url + '/clips');
  await openClip(page, 'P_0002.JPG', '사진 확인');
  const shown = () => page.locator('#player').evaluate((img) => ({ wide: img.clientWidth, turned: img.style.transform }));
  await page.waitForFunction(() => document.getElementById('player').style.width);
  const first = await shown();
  await page.keyboard.press('+');
  await page.getByRole('button', { name: '오른쪽으로 돌리기' }).click();
  const then = await shown();
  assert.match(then.turned, /rotate\(90deg\)/);
  assert.notEqual(first.wide, then.wide);
  await wellMade(house, page);
  assert.deepEqual(house.problems, []);
});

test('without scripts there is the page, the reason and a plain player', async (t) => {
  const house = await open(t);
  await upload(house, [await film(house.dir, 'REC_0001.MP4', 2)]);
  const page = await signIn(house, 'reviewer', { javaScriptEnabled: false });
  await page.goto(house.url + '/clips');
  await openClip(page, 'REC_0001.MP4', '확인');
  assert.equal(await page.locator('#player').getAttribute('controls'), '');
  assert.ok(!(await page.locator('#bar').isVisible()));
  assert.match(await page.locator('.mark').first().innerText(), /reviewer/);
});
