// The list of footage: narrowed, looked at in three ways, its question kept,
// and several of its clips corrected after seeing what changes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './harness.mjs';
import { film, photo } from './kit/footage.mjs';
import { signIn, upload, wellMade, wide } from './kit/people.mjs';

test('the list is narrowed, looked at, kept and acted on', async (t) => {
  const house = await open(t);
  await upload(house, [await film(house.dir, '민원_0001.MP4'), await film(house.dir, 'REC_0437.MP4'), await photo(house.dir, 'P_0003.JPG')]);
  const page = await signIn(house, 'reviewer', wide);
  const main = () => page.getByRole('main').innerText();

  await t.test('by half a name, with the keyboard alone', async () => {
    await page.goto(house.url + '/clips');
    await page.getByLabel('파일명·묶음 이름·장소·영상 번호').focus();
    await page.keyboard.type('437');
    await page.keyboard.press('Enter');
    await page.getByText('총 1건').waitFor();
    assert.match(await main(), /REC_0437/);
    await wellMade(house, page);
    await house.screenshot(page, 'list-1440');
  });

  await t.test('a question is kept under a name', async () => {
    await page.getByText('이 검색조건 저장하기').press('Enter');
    await page.getByLabel(/검색조건 이름/).fill('<b>437</b>');
    await page.getByRole('button', { name: '저장하기' }).press('Enter');
    await page.goto(house.url + '/clips');
    await page.getByText('저장한 검색조건 1개').press('Enter');
    await page.getByRole('link', { name: '<b>437</b>' }).click();
    await page.getByText('총 1건').waitFor();
  });

  await t.test('its pictures are seen for a reason', async () => {
    await page.goto(house.url + '/clips?view=thumbs');
    assert.equal(await page.locator('.tile img').count(), 0);
    await wellMade(house, page);
    await house.screenshot(page, 'list-thumbs-1440');
    await page.getByText('사진으로 미리보기').press('Enter');
    await page.getByLabel(/미리보기 사유/).fill('폭언 현장 찾기');
    await page.getByRole('button', { name: '이 화면의 사진 보기' }).press('Enter');
    await page.locator('.tile img').first().waitFor();
  });

  await t.test('it leaves as a file', async () => {
    await page.goto(house.url + '/clips');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '엑셀(XLSX)로 받기' }).press('Enter')]);
    assert.match(file.suggestedFilename(), /영상 목록 .*\.xlsx/);
  });

  await t.test('what a correction changes is seen first', async () => {
    await page.goto(house.url + '/clips');
    await page.getByLabel('REC_0437.MP4 고르기').press('Space');
    await page.getByRole('button', { name: '고른 영상 목적 바로잡기' }).press('Enter');
    await page.getByRole('heading', { name: '촬영 목적 한꺼번에 바로잡기' }).waitFor();
    await page.getByLabel(/바로잡을 촬영 목적/).selectOption({ index: 1 });
    await page.getByRole('button', { name: '바뀌는 것 보기' }).press('Enter');
    await page.getByRole('heading', { name: '바뀌는 것' }).waitFor();
    await wellMade(house, page);
    await house.screenshot(page, 'list-correct-1440');
  });

  const phone = await signIn(house, 'reviewer', { viewport: { width: 390, height: 844 } });
  await phone.goto(house.url + '/clips');
  await wellMade(house, phone);
  await house.screenshot(phone, 'list-390');
});
