// Which file goes next: three at a time, in order, past whatever fails.

import { Refusal, SignedOut } from './ask.js';
import { Elsewhere, send, Unreadable } from './transfer.js';

const atOnce = 3;
const againMs = 3000; // a file another window sends is tried again so often

export class Queue extends EventTarget {
  #busy = new Set();
  #stop = new AbortController();
  #timer;

  /** @param {{account: string, metadataOf: (item: object) => object}} with what every file is sent */
  constructor({ account, metadataOf }) {
    super();
    this.account = account;
    this.metadataOf = metadataOf;
    this.paused = false;
    this.signedOut = false;
    this.items = [];
    this.batch = '';
  }

  /** Takes a batch's files and begins. */
  begin(batch, items) {
    this.batch = batch;
    this.items.push(...items);
    this.#pump();
  }

  pause() {
    this.#halt();
    this.paused = true;
    this.#told();
  }

  go() {
    this.paused = false;
    this.signedOut = false;
    this.#stop = new AbortController();
    for (const item of this.items) if (item.state === 'paused') item.show('waiting');
    this.#pump();
  }

  /** Tries files again that did not end well. */
  again(items) {
    for (const item of items) if (item.state === 'failed' || item.state === 'refused') item.show('waiting');
    this.#pump();
  }

  /** Whether anything would be lost sight of by leaving now. */
  get open() {
    return this.items.some((i) => !i.ended);
  }

  #halt() {
    this.#stop.abort(new DOMException('paused', 'AbortError'));
    for (const item of this.items) if (!item.ended) item.show('paused');
  }

  #told() {
    this.dispatchEvent(new Event('change'));
  }

  #pump() {
    clearTimeout(this.#timer);
    if (!this.paused && !this.signedOut) {
      while (this.#busy.size < atOnce) {
        const item = this.#next();
        if (!item) break;
        this.#run(item, this.#stop.signal);
      }
      if (this.items.some((i) => i.state === 'elsewhere')) this.#timer = setTimeout(() => this.#pump(), againMs);
    }
    this.#told();
  }

  #next() {
    const ready = (i) => !this.#busy.has(i) && i.after <= Date.now();
    return (
      this.items.find((i) => i.state === 'waiting' && ready(i)) ?? this.items.find((i) => i.state === 'elsewhere' && ready(i))
    );
  }

  async #run(item, signal) {
    this.#busy.add(item);
    if (item.state === 'waiting') item.show('sending');
    const show = (state, why) => {
      if (signal.aborted) return;
      item.show(state, why);
      this.#told();
    };
    const way = { file: item.file, path: item.path, account: this.account, batch: this.batch, metadata: this.metadataOf(item) };
    const tell = {
      state: show,
      progress: (sent) => {
        if (signal.aborted) return;
        item.sent = sent;
        if (item.state !== 'sending') show('sending');
        else this.#told();
      },
    };
    try {
      const ended = await send(way, tell, signal);
      show(stateOf(ended), ended.detail ?? (ended.clip_state === 'review' ? '확인이 필요한 영상으로 등록되어 있습니다.' : ''));
    } catch (error) {
      if (!signal.aborted) this.#failed(item, error);
    }
    this.#busy.delete(item);
    this.#pump();
  }

  #failed(item, error) {
    if (error instanceof SignedOut) {
      this.#halt();
      this.signedOut = true;
      this.dispatchEvent(new Event('signed-out'));
    } else if (error instanceof Elsewhere) {
      item.after = Date.now() + againMs;
      item.show('elsewhere', '같은 파일을 다른 창에서 보내고 있습니다. 그 창에서 끝나면 여기에도 표시됩니다.');
    } else if (error instanceof Refusal) item.show('refused', error.message);
    else if (error instanceof Unreadable) {
      item.show('failed', '파일을 읽을 수 없습니다. 카드가 꽂혀 있는지 확인하고 ‘다시 시도’를 누르세요.');
    } else item.show('failed', '보내지 못했습니다. 네트워크를 확인하고 ‘다시 시도’를 누르면 이어서 보냅니다.');
  }
}

function stateOf(ended) {
  if (ended.state === 'refused') return 'refused';
  if (ended.clip_state === 'review') return 'review';
  return ended.code === 'duplicate' ? 'already' : 'done';
}
