// Looking at footage and deciding about it: with a reason, with what follows
// from it, and with a trace in the ledger.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './harness.mjs';
import { film, photo } from './kit/footage.mjs';
import { openClip, signIn, upload, wellMade, wide } from './kit/people.mjs';

test('a clip is looked at for a reason, and the ledger tells', async (t) => {
  const house = await open(t);
  await upload(house, [await film(house.dir, '민원_0001.MP4'), await photo(house.dir, 'P_0002.JPG')]);

  const page = await signIn(house, 'reviewer', wide);
  assert.match(await page.getByRole('main').innerText(), /총 2건/);
  await page.getByRole('link', { name: '민원_0001.MP4' }).click();
  await page.getByRole('button', { name: '사유를 남기고 열람' }).click();
  await page.getByText('열람 사유를 입력하세요').waitFor();
  await page.goBack();
  await page.goBack();
  await openClip(page, '민원_0001.MP4', '폭언 신고 확인');
  await assertPlays(page.locator('video'));
  const mark = page.locator('.mark').first();
  assert.match(await mark.innerText(), /reviewer[\s\S]*2\d{3}/);
  await wellMade(house, page);
  await house.screenshot(page, 'watch-1440');

  await page.goto(house.url + '/clips');
  await openClip(page, 'P_0002.JPG', '사진 확인');
  assert.ok((await page.locator('.stage img').evaluate((img) => img.decode().then(() => img.naturalWidth))) > 0);

  const responsible = await signIn(house, 'responsible', wide);
  await responsible.goto(house.url + '/ledger?act=clip.viewed');
  assert.match(await responsible.getByRole('main').innerText(), /열람[\s\S]*reviewer[\s\S]*폭언 신고 확인/);
  await responsible.goto(house.url + '/due');
  assert.match(await responsible.getByRole('main').innerText(), /민원_0001.MP4/);

  const auditor = await signIn(house, 'auditor');
  const answer = await auditor.goto(page.url());
  assert.equal(answer.status(), 403);
  assert.deepEqual(
    house.problems.filter((p) => !p.includes('403')).filter((p) => !p.includes('422')),
    [],
  );
});

async function assertPlays(video) {
  const state = await video.evaluate(async (v) => {
    v.muted = true;
    await v.play();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return { at: v.currentTime, ready: v.readyState, error: v.error?.message ?? null, width: v.videoWidth };
  });
  assert.equal(state.error, null);
  assert.equal(state.width, 320);
  assert.ok(state.at > 0.5 && state.ready >= 2, JSON.stringify(state));
  // A seek asks for a range of its own.
  await video.evaluate(
    (v) => new Promise((resolve) => ((v.onseeked = resolve), (v.currentTime = v.duration - 1))),
  );
}

test('a hold is placed and released, a time corrected, with what follows from it', async (t) => {
  const house = await open(t);
  await upload(house, [await film(house.dir, '민원_0001.MP4', 1)]);
  const page = await signIn(house, 'responsible');
  await page.goto(house.url + '/clips');
  await page.getByRole('link', { name: '민원_0001.MP4' }).click();

  await page.getByText('파기 보류하기').click();
  await page.getByLabel('보류 근거').selectOption({ label: '증거자료' });
  await page.getByLabel('보류 사유').fill('고소 준비');
  await page.getByRole('button', { name: '파기 보류', exact: true }).click();
  await page.getByText('파기를 보류했습니다').waitFor();

  await page.getByText('촬영일시:').click();
  await page.getByLabel('바로잡을 촬영일시').fill('2020-01-02T03:04');
  await page.locator('#captured_at-why').fill('도크 시계와 비교');
  await page.locator('form', { hasText: '바로잡을 촬영일시' }).getByRole('button', { name: '바뀌는 것 보기' }).click();
  await page.getByText('아직 아무것도 바꾸지 않았습니다').waitFor();
  assert.match(await page.getByRole('main').innerText(), /촬영일시[\s\S]*2020. 1. 2.\(목\) 03:04/);
  await page.getByRole('button', { name: '다시 고치기' }).click();
  assert.equal(await page.locator('#captured_at-why').inputValue(), '도크 시계와 비교');
  await page.getByRole('button', { name: '바뀌는 것 보기' }).first().click();
  await wellMade(house, page);
  await page.getByRole('button', { name: '이대로 정정' }).click();
  await page.getByText('정정을 기록했습니다').waitFor();
  assert.match(await page.getByRole('main').innerText(), /2020. 1. 2.\(목\) 03:04/);

  await page.getByText('보류 풀기', { exact: true }).click();
  await page.getByLabel('보류를 푸는 사유').fill('사건 종결');
  await page.getByRole('button', { name: '이 보류 풀기' }).click();
  await page.getByText('보류를 풀었습니다').waitFor();
  await wellMade(house, page);
  assert.deepEqual(house.problems, []);
});
