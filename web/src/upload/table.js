// The recordings, fifty at a time: a card of ten thousand files costs no more
// than one of fifty.

import { Row } from './row.js';
import { kept, wrong } from './recording.js';

const perPage = 50;

const filters = {
  all: () => true,
  open: (r) => !r.ended,
  wrong: (r) => r.items.some((i) => wrong.includes(i.state) || i.state === 'review'),
  kept: (r) => kept.includes(r.state),
};

export class Table {
  #page = 0;
  #rows = new Map(); // recording → Row, of those ever shown
  #on;
  #recordings = [];

  constructor(on) {
    this.#on = on;
    this.body = document.getElementById('rows');
    this.filter = document.getElementById('filter');
    this.nav = document.getElementById('rows-pages');
    this.words = document.getElementById('rows-words');
    this.filter.addEventListener('change', () => this.#turn(0));
    const [back, next] = this.nav.querySelectorAll('button');
    back.addEventListener('click', () => this.#turn(this.#page - 1));
    next.addEventListener('click', () => this.#turn(this.#page + 1));
    this.pages = { back, next };
  }

  set recordings(list) {
    this.#recordings = list;
    this.#rows.clear();
    this.#page = 0;
    this.filter.value = 'all';
  }

  #turn(page) {
    this.#page = page;
    this.show(this.choosing);
    this.body.closest('table').scrollIntoView({ block: 'nearest' });
  }

  #rowOf(recording) {
    let row = this.#rows.get(recording);
    if (!row) {
      row = new Row(recording, this.#rows.size, { again: () => this.#on.again(recording.items), ticked: this.#on.ticked });
      this.#rows.set(recording, row);
    }
    return row;
  }

  show(choosing) {
    this.choosing = choosing;
    this.filter.parentElement.hidden = choosing || this.#recordings.length <= 5;
    document.getElementById('tick-head').hidden = !choosing;
    const all = this.#recordings.filter((r) => (choosing || r.ticked) && (choosing ? filters.all : filters[this.filter.value])(r));
    const last = Math.max(0, Math.ceil(all.length / perPage) - 1);
    this.#page = Math.min(this.#page, last);
    const from = this.#page * perPage;
    const shown = all.slice(from, from + perPage).map((r) => this.#rowOf(r));
    const elements = shown.map((r) => r.element);
    if (elements.length !== this.body.children.length || elements.some((e, i) => e !== this.body.children[i])) {
      this.body.replaceChildren(...elements);
    }
    shown.forEach((r) => r.show(choosing));
    this.nav.hidden = last === 0;
    this.pages.back.disabled = this.#page === 0;
    this.pages.next.disabled = this.#page === last;
    this.words.textContent = all.length === 0 ? '해당하는 촬영이 없습니다.' : last > 0 ? `${all.length}건 중 ${from + 1}~${from + shown.length}번째` : '';
  }
}
