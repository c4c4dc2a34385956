// How far all of it is, and what that means for the card: what may be wiped is
// said only of what the server has said is registered.

import { icon } from '../parts/icon.js';
import { element } from './element.js';
import { kept, safe, wrong } from './recording.js';
import { bytes, span, Speed } from './words.js';

const quarters = [25, 50, 75];

export class Total {
  #speed = new Speed();
  #announced = '';
  #quarter = 0;

  constructor() {
    for (const id of ['total', 'total-bar', 'total-words', 'total-pace', 'summary', 'announce', 'pause', 'retry-all', 'ended']) {
      this[id] = document.getElementById(id);
    }
  }

  /** @param {import('./recording.js').Recording[]} all @param {number} skipped files that are no footage @param {import('./queue.js').Queue} queue */
  show(all, skipped, queue) {
    const sent = all.filter((r) => r.ticked);
    const items = sent.flatMap((r) => r.items);
    const size = sent.reduce((n, r) => n + r.bytes, 0);
    const done = sent.reduce((n, r) => n + r.sent, 0);
    const open = sent.filter((r) => !r.ended).length;
    this.#bar(size, done, sent, open, queue);
    this.total.hidden = open === 0 && !items.some((i) => wrong.includes(i.state));
    this['retry-all'].hidden = !items.some((i) => wrong.includes(i.state));
    this.ended.hidden = open > 0 || !items.some((i) => kept.includes(i.state));
    this.#summary(sent, open, all.length - sent.length, skipped);
    if (open > 0) this.#progress(size ? (100 * done) / size : 0);
  }

  #bar(size, done, sent, open, queue) {
    const resting = queue.paused || !queue.items.some((i) => i.state === 'sending');
    this['total-bar'].max = Math.max(size, 1);
    this['total-bar'].value = open ? done : Math.max(size, 1);
    this['total-words'].textContent = `촬영 ${sent.length}건 중 ${sent.length - open}건 처리 · ${bytes(done)} / ${bytes(size)}`;
    const speed = resting || !open ? 0 : this.#speed.at(done);
    if (speed === 0) this['total-pace'].textContent = queue.paused && open ? '일시정지' : '';
    else this['total-pace'].textContent = `${bytes(Math.round(speed))}/초 · ${span((size - done) / speed)}`;
    if (resting) this.#speed.reset();
    this.pause.hidden = open === 0;
    const words = queue.paused ? '계속' : '모두 일시정지';
    if (this.pause.textContent.trim() !== words) this.pause.replaceChildren(icon(queue.paused ? 'play' : 'pause'), element('span', { textContent: words }));
  }

  #summary(sent, open, left, skipped) {
    const [text, tone] = verdict(sent, open, left, skipped);
    if (this.summary.dataset.text === text) return;
    this.summary.dataset.text = text;
    this.summary.className = `notice ${tone}`;
    const sign = { good: 'done', '': 'info' }[tone] ?? 'alert';
    this.summary.replaceChildren(icon(sign), element('p', { textContent: text }));
    this.summary.hidden = false;
    if (open === 0) this.announceNow(text);
  }

  // Quarters are read out, not every percent.
  #progress(percent) {
    const passed = quarters.filter((q) => percent >= q).length;
    if (passed > this.#quarter) this.announceNow(`${quarters[passed - 1]}퍼센트 전송했습니다.`);
    this.#quarter = passed;
  }

  announceNow(text) {
    if (text === this.#announced) return;
    this.#announced = text;
    this.announce.textContent = text;
  }
}

/** What all of it comes to, in words and tone. */
export function verdict(sent, open, left, skipped) {
  const files = sent.flatMap((r) => r.items);
  const count = (list) => files.filter((i) => list.includes(i.state)).length;
  const [good, look, bad] = [count(safe), count(['review']), count(wrong)];
  const rest = [
    left > 0 ? ` 고르지 않은 촬영 ${left}건은 보내지 않았으니 카드를 통째로 지우지 마세요.` : '',
    skipped > 0 ? ` 영상이 아닌 파일 ${skipped}개는 올리지 않았습니다.` : '',
  ].join('');
  if (open > 0) {
    const trouble = bad > 0 ? ` 파일 ${bad}개는 등록되지 않았습니다.` : '';
    return [`촬영 ${sent.length}건 중 ${sent.length - open}건을 마쳤습니다.${trouble} 나머지를 처리하고 있습니다. 카메라를 아직 지우지 마세요.${rest}`, bad ? 'warn' : ''];
  }
  if (bad > 0) {
    const wiped = good > 0 ? ` 등록 완료된 파일 ${good}개는 카메라에서 지워도 됩니다.` : '';
    const looked = look > 0 ? ` 확인이 필요한 파일 ${look}개는 저장되었지만 지우기 전에 확인하세요.` : '';
    return [`파일 ${bad}개는 등록되지 않았습니다. 카메라를 지우지 말고 아래 까닭을 확인하세요.${wiped}${looked}${rest}`, 'bad'];
  }
  if (look > 0) {
    const wiped = good > 0 ? ` 나머지 파일 ${good}개는 카메라에서 지워도 됩니다.` : '';
    return [`모두 안전하게 저장되었습니다. 다만 파일 ${look}개는 확인이 필요하니, 지우기 전에 아래 까닭을 확인하세요.${wiped}${rest}`, 'warn'];
  }
  return [`모두 안전하게 저장되었습니다. ${left > 0 ? '보낸 것은 ' : ''}카메라에서 지워도 됩니다. (파일 ${good}개)${rest}`, left > 0 ? 'warn' : 'good'];
}
