// A file as a row of the table: its state always in words, beside the sign.

import { badge } from '../parts/icon.js';
import { bytes, span, Speed } from './words.js';

const states = {
  waiting: ['대기', 'clock', ''],
  sending: ['전송 중', 'upload', 'info'],
  cut: ['연결 끊김', 'alert', 'warn'],
  checking: ['검증 중', 'refresh', 'info'],
  done: ['등록 완료', 'check', 'good'],
  review: ['등록 완료 · 확인 필요', 'alert', 'warn'],
  already: ['이미 등록됨', 'check', 'good'],
  refused: ['거절', 'close', 'bad'],
  failed: ['보내지 못함', 'alert', 'bad'],
};

export class Row {
  state = 'waiting';
  #speed = new Speed();

  constructor(item, again) {
    this.item = item;
    this.element = element('tr', { role: 'row' });
    this.#badge = element('span', { className: 'badge' });
    this.#detail = element('span', { className: 'subtle' });
    this.#bar = element('progress', { max: Math.max(item.file.size, 1), hidden: true });
    this.#bar.setAttribute('aria-label', `${item.path} 전송`);
    this.#reason = element('p', { className: 'reason', hidden: true });
    this.#again = element('button', { type: 'button', className: 'second small', textContent: '다시 시도', hidden: true });
    this.#again.setAttribute('aria-label', `${item.path} 다시 시도`);
    this.#again.addEventListener('click', again);

    const name = element('th', { scope: 'row' }, element('div', { textContent: item.path }));
    name.setAttribute('role', 'rowheader');
    this.element.append(
      name,
      cell('크기', 'number', element('div', { textContent: bytes(item.file.size) })),
      cell('상태', 'row-state', element('div', {}, this.#badge, ' ', this.#detail, this.#bar, this.#reason)),
      cell('', '', element('div', {}, this.#again)),
    );
    name.dataset.label = '이름';
    this.show('waiting');
  }

  #badge;
  #detail;
  #bar;
  #reason;
  #again;

  show(state, reason = '') {
    this.state = state;
    const [text, icon, tone] = states[state];
    const shown = badge({ text, icon, tone });
    this.#badge.replaceWith(shown);
    this.#badge = shown;
    this.#bar.hidden = state !== 'sending' && state !== 'cut';
    if (state !== 'sending') {
      this.#detail.textContent = '';
      this.#speed.reset();
    }
    this.#reason.textContent = reason;
    this.#reason.hidden = reason === '';
    this.#again.hidden = state !== 'failed' && state !== 'refused';
  }

  progress(sent) {
    if (this.state !== 'sending') this.show('sending');
    const size = this.item.file.size;
    const speed = this.#speed.at(sent);
    this.#bar.value = sent;
    this.#detail.textContent = [
      `${size === 0 ? 100 : Math.floor((100 * sent) / size)} %`,
      speed > 0 ? `${bytes(Math.round(speed))}/초` : '',
      speed > 0 ? span((size - sent) / speed) : '',
    ]
      .filter(Boolean)
      .join(' · ');
  }
}

function cell(label, className, child) {
  const td = element('td', { className }, child);
  td.setAttribute('role', 'cell');
  if (label) td.dataset.label = label;
  return td;
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
