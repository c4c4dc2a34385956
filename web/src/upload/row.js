// A recording as a row of the table: its state always in words, beside the sign.

import { badge } from '../parts/icon.js';
import { element } from './element.js';
import { kept, states, wrong } from './recording.js';
import { bytes, span, Speed } from './words.js';

const steps = ['인식', '전송', '검증', '등록 완료'];

export class Row {
  #speed = new Speed();
  #shown = '';
  #fileStates = [];

  /** @param {import('./recording.js').Recording} recording @param {{again: () => void, ticked: () => void}} on */
  constructor(recording, number, on) {
    this.recording = recording;
    const id = `recording-${number}`;
    this.#tick = element('input', { type: 'checkbox', checked: recording.ticked, 'aria-labelledby': id });
    this.#tick.addEventListener('change', () => {
      recording.ticked = this.#tick.checked;
      on.ticked();
    });
    this.#badge = element('span', { className: 'badge' });
    this.#detail = element('span', { className: 'subtle' });
    this.#steps = element('span', { className: 'subtle small-text step-words' });
    this.#bar = element('progress', { max: Math.max(recording.bytes, 1), 'aria-label': `${recording.name} 전송` });
    this.#why = element('ul', { className: 'reason' });
    this.#again = element('button', { type: 'button', className: 'second small', textContent: '다시 시도', 'aria-label': `${recording.name} 다시 시도` });
    this.#again.addEventListener('click', on.again);
    this.#files = this.#filesOf(recording);

    const name = element('div', {}, element('span', { id, textContent: recording.name }), this.#facts(recording), this.#files);
    const head = element('th', { scope: 'row', role: 'rowheader', 'data-label': '촬영' }, name);
    this.#choose = cell('보내기', 'tight tick-cell', this.#tick);
    this.element = element(
      'tr',
      { role: 'row' },
      this.#choose,
      head,
      cell('크기', 'number', bytes(recording.bytes)),
      cell('상태', 'row-state', this.#badge, ' ', this.#detail, this.#bar, this.#steps, this.#why),
      cell('', 'tight', this.#again),
    );
  }

  #tick;
  #choose;
  #badge;
  #detail;
  #steps;
  #bar;
  #why;
  #again;
  #files;

  #facts(r) {
    const parts = r.parts.map((p) => `${p.text} ${p.count}`).join(' · ');
    const words = [r.started, parts, r.title, r.folder].filter(Boolean).join(' | ');
    return element('p', { className: 'subtle small-text facts-line', textContent: words });
  }

  // The files of a recording are listed when somebody asks for them.
  #filesOf(r) {
    if (r.items.length < 2) return '';
    const list = element('ul', { className: 'small-text' });
    const box = element('details', { className: 'plain' }, element('summary', { textContent: `파일 ${r.items.length}개` }), list);
    box.addEventListener('toggle', () => {
      if (!box.open || list.children.length > 0) return;
      this.#fileStates = r.items.map((i) => element('span'));
      list.append(...r.items.map((i, n) => element('li', {}, `${i.part} ${i.path.split('/').at(-1)} (${bytes(i.file.size)}) `, this.#fileStates[n])));
      this.#showFiles();
    });
    return box;
  }

  #showFiles() {
    this.recording.items.forEach((item, n) => {
      if (this.#fileStates[n]) this.#fileStates[n].textContent = states[item.state][0];
    });
  }

  /** Puts the row in step with its recording; choosing = nothing is sent yet. */
  show(choosing) {
    const r = this.recording;
    const state = choosing ? 'waiting' : r.state;
    this.#choose.hidden = !choosing;
    this.#tick.checked = choosing && r.ticked; // a ticked row is marked
    this.#detail.textContent = state === 'sending' ? this.#pace(r) : '';
    if (state !== 'sending') this.#speed.reset();
    this.#bar.value = r.sent;
    const said = [choosing, state, ...r.items.map((i) => i.state + i.why)].join('|');
    if (said === this.#shown) return;
    this.#shown = said;
    this.#showState(state, choosing);
    this.#showFiles();
  }

  #showState(state, choosing) {
    const [text, icon, tone] = choosing ? ['인식됨', 'film', ''] : states[state];
    const shown = badge({ text, icon, tone });
    this.#badge.replaceWith(shown);
    this.#badge = shown;
    this.#bar.hidden = choosing || kept.includes(state) || wrong.includes(state) || state === 'waiting';
    const { step } = this.recording;
    this.#steps.textContent = choosing || step === 4 || step === 0 ? '' : steps.map((s, n) => (n < step ? `${s} ✓` : s)).join(' → ');
    this.#why.replaceChildren(...reasons(this.recording).map((textContent) => element('li', { textContent })));
    this.#why.hidden = this.#why.children.length === 0 || choosing;
    this.#again.hidden = choosing || !this.recording.items.some((i) => wrong.includes(i.state));
  }

  #pace(r) {
    const speed = this.#speed.at(r.sent);
    return [
      `${r.bytes === 0 ? 100 : Math.floor((100 * r.sent) / r.bytes)} %`,
      speed > 0 ? `${bytes(Math.round(speed))}/초` : '',
      speed > 0 ? span((r.bytes - r.sent) / speed) : '',
    ]
      .filter(Boolean)
      .join(' · ');
  }
}

// reasons: each once, named by its file where a recording has several.
function reasons(r) {
  const said = new Map();
  for (const item of r.items.filter((i) => i.why)) {
    const names = said.get(item.why) ?? [];
    names.push(item.path.split('/').at(-1));
    said.set(item.why, names);
  }
  return [...said].map(([why, names]) => (r.items.length > 1 ? `${names.join(', ')}: ${why}` : why));
}

function cell(label, className, ...children) {
  const td = element('td', { className, role: 'cell' }, element('div', {}, ...children));
  if (label) td.dataset.label = label;
  return td;
}
