// A recording on its way: its files, and what they come to together.

/** The states of a file, and of a recording: text, icon, tone. */
export const states = {
  waiting: ['대기', 'clock', ''],
  sending: ['전송 중', 'upload', 'info'],
  cut: ['연결 끊김', 'alert', 'warn'],
  elsewhere: ['다른 창에서 전송 중', 'copy', 'warn'],
  checking: ['검증 중', 'refresh', 'info'],
  paused: ['일시정지', 'pause', ''],
  done: ['등록 완료', 'check', 'good'],
  review: ['등록 완료 · 확인 필요', 'alert', 'warn'],
  already: ['이미 등록됨', 'check', 'good'],
  refused: ['거절', 'close', 'bad'],
  failed: ['보내지 못함', 'alert', 'bad'],
};

export const safe = ['done', 'already'];
export const kept = [...safe, 'review'];
export const wrong = ['refused', 'failed'];

/** One file: where it stands. */
export class Item {
  state = 'waiting';
  why = '';
  sent = 0;
  after = 0; // not before this moment

  /** @param {import('./files.js').Chosen} chosen @param {{part: string, chapter?: number, lens?: string}} place */
  constructor({ file, path }, place) {
    this.file = file;
    this.path = path;
    this.part = [place.lens, place.chapter ? `${place.chapter}번째` : '', place.part].filter(Boolean).join(' ');
  }

  get ended() {
    return kept.includes(this.state) || wrong.includes(this.state);
  }

  show(state, why = '') {
    this.state = state;
    this.why = why;
    if (kept.includes(state)) this.sent = this.file.size;
  }
}

/** A recording and all its files. */
export class Recording {
  ticked = true;

  /** @param {object} planned as the server groups @param {Item[]} items */
  constructor(planned, items) {
    this.name = planned.name;
    this.title = planned.title;
    this.started = planned.started;
    this.parts = planned.parts;
    this.bytes = planned.bytes;
    this.items = items;
  }

  get folder() {
    const { path } = this.items[0];
    return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  }

  get sent() {
    return this.items.reduce((sum, i) => sum + i.sent, 0);
  }

  get ended() {
    return this.items.every((i) => i.ended);
  }

  /** What its files come to: it is done when the last of them is. */
  get state() {
    const have = new Set(this.items.map((i) => i.state));
    const active = ['sending', 'checking', 'cut', 'elsewhere', 'paused'].find((s) => have.has(s));
    if (active) return active;
    if (have.has('waiting')) return this.items.some((i) => i.ended) ? 'sending' : 'waiting';
    return ['failed', 'refused', 'review', 'done'].find((s) => have.has(s)) ?? 'already';
  }

  /** 인식 0 → 전송 1 → 검증 2 → 등록 완료 3; 4 = all behind it. */
  get step() {
    const { state } = this;
    if (state === 'waiting') return 0;
    if (state === 'checking') return 2;
    return kept.includes(state) ? 4 : 1;
  }
}
