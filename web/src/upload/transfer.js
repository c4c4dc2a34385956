// One file on its way: sent in pieces that survive a cut line, a server that
// starts again and a machine that sleeps, then watched until the server has
// checked it in or refused it.

import { Upload } from 'tus-js-client';
import { Refusal, SignedOut, standing, Unreachable } from './ask.js';
import { keyOf, sampleOf } from './files.js';
import { line, pause } from './line.js';
import { addressOf, keepAddress } from './store.js';

const endpoint = '/api/v1/uploads';
// A multiple of 64 KiB, the server's sealing unit; small enough for proxies.
const pieceBytes = 32 * 1024 * 1024;
// After a cut line: at once, then ever slower. Any progress starts anew.
const retryMs = [0, 1000, 2000, 5000, 10_000, 15_000];
const stalledMs = 90_000; // bytes that move so slowly do not move
const mostFaults = 6; // of the server's own on one file, without progress
const pollMs = [200, 400, 800, 1500, 3000];
const othersMs = 5000; // how often a file that another window sends is looked at
const othersGone = 12; // so many looks without progress: it has gone

/** The file cannot be read, or has changed: the card may be out. */
export class Unreadable extends Error {}

/** The file is being sent by another window of this browser. */
export class Elsewhere extends Error {}

/**
 * Sends a file and gives how it ended: {state, clip, code, detail}.
 *
 * @param {{file: File, path: string, account: string, batch: string, metadata: Record<string, string>}} item
 * @param {{progress: (sent: number) => void, state: (name: string, why?: string) => void}} tell
 * @param {AbortSignal} signal ends the sending; what was sent stays
 */
export async function send(item, tell, signal) {
  const key = [item.account, keyOf(item), await sample(item.file)].join('|');
  return alone(key, async () => {
    const way = new Way(item, key, tell, signal);
    await way.persist();
    tell.state('checking');
    return way.outcome();
  });
}

async function sample(file) {
  try {
    return await sampleOf(file);
  } catch {
    throw new Unreadable();
  }
}

// alone keeps two windows of a browser from sending the same file. Where there
// are no locks (without https) the server's own keep the file whole.
async function alone(key, act) {
  if (!navigator.locks) return act();
  return navigator.locks.request(`jikim-upload|${key}`, { ifAvailable: true }, (lock) => {
    if (!lock) throw new Elsewhere();
    return act();
  });
}

class Way {
  #item;
  #key;
  #tell;
  #signal;
  #address = '';
  #best = 0;

  constructor(item, key, tell, signal) {
    this.#item = item;
    this.#key = key;
    this.#tell = tell;
    this.#signal = signal;
  }

  /** Sends until every byte is there. */
  async persist() {
    this.#address = await addressOf(this.#key);
    for (let turn = 0, faults = 0; ; turn++) {
      this.#signal.throwIfAborted();
      const before = this.#best;
      try {
        return await this.#attempt();
      } catch (error) {
        this.#signal.throwIfAborted();
        const { status = 0, detail = '' } = error;
        if (!worthAnotherTry(status)) throw explained(status, detail);
        if (this.#best > before) [turn, faults] = [0, 0];
        if (status === 500 && ++faults >= mostFaults) throw new Refusal(detail || '서버가 이 파일을 처리하지 못했습니다.');
        if (status === 423) await this.#untilOthersEnd();
        else this.#tell.state('cut', detail || '연결되면 이어서 보냅니다. 이 창을 닫지 마세요.');
        await sample(this.#item.file); // a card that is out looks like a cut line
        await pause(retryMs[Math.min(turn, retryMs.length - 1)], this.#signal);
      }
    }
  }

  #attempt() {
    const { file, metadata, batch } = this.#item;
    let moved = Date.now();
    let sent = 0;
    let upload;
    const sending = new Promise((resolve, reject) => {
      upload = new Upload(file, {
        endpoint,
        uploadUrl: this.#address || undefined,
        chunkSize: pieceBytes,
        retryDelays: null,
        metadata,
        storeFingerprintForResuming: false,
        onUploadUrlAvailable: () => {
          this.#address = upload.url;
          keepAddress(this.#key, upload.url, batch);
        },
        onProgress: (n) => {
          if (n !== sent) moved = Date.now();
          sent = n;
          this.#best = Math.max(this.#best, n);
          if (n === file.size && n > 0) this.#tell.state('checking');
          else this.#tell.progress(n);
        },
        onError: (error) => reject(new Broken(error)),
        onSuccess: resolve,
      });
      upload.start();
    });
    return this.#watched(sending, upload, () => sent < file.size && Date.now() - moved > stalledMs);
  }

  // watched ends an attempt that was stopped, lost its line or stands still.
  async #watched(sending, upload, stalled) {
    const cut = new AbortController();
    const end = () => cut.abort(new Unreachable());
    const timer = setInterval(() => stalled() && end(), 5000);
    line.addEventListener('lost', end);
    this.#signal.addEventListener('abort', end);
    const cutOff = new Promise((_, reject) => cut.signal.addEventListener('abort', () => reject(cut.signal.reason)));
    try {
      await Promise.race([sending, cutOff]);
    } catch (error) {
      await upload.abort().catch(() => {}); // it has ended either way
      throw error;
    } finally {
      clearInterval(timer);
      line.removeEventListener('lost', end);
      this.#signal.removeEventListener('abort', end);
    }
  }

  // untilOthersEnd watches a file that another window or machine is sending,
  // without taking it away from there.
  async #untilOthersEnd() {
    this.#tell.state('elsewhere');
    for (let still = 0, had = -1; this.#address && still < othersGone; still++) {
      await pause(othersMs, this.#signal);
      const now = await standing(this.#address).catch(only(Unreachable));
      if (!now) continue;
      if (now.state !== 'receiving') return;
      if (now.bytes !== had) still = 0;
      had = now.bytes;
    }
  }

  /** Waits for the server's last word. */
  async outcome() {
    for (let turn = 0; ; turn++) {
      this.#signal.throwIfAborted();
      const now = await standing(this.#address).catch(only(Unreachable));
      if (now?.state === 'checked-in' || now?.state === 'refused') return now;
      await pause(pollMs[Math.min(turn, pollMs.length - 1)], this.#signal);
    }
  }
}

// only lets one kind of error pass as no answer.
function only(kind) {
  return (error) => {
    if (!(error instanceof kind)) throw error;
    return null;
  };
}

// Broken is an attempt that ended badly: status 0 when there was no answer. It
// is read at once, for an answer forgets everything when its request is ended.
class Broken extends Error {
  constructor({ originalResponse: response }) {
    super();
    this.status = response?.getStatus() ?? 0;
    try {
      this.detail = JSON.parse(response.getBody()).detail ?? '';
    } catch {
      this.detail = ''; // no answer, or a proxy's page
    }
  }
}

// worthAnotherTry: no answer, a server in trouble, or one that still holds the
// broken connection's lock. A full disk needs a person first.
function worthAnotherTry(status) {
  return status === 0 || (status >= 500 && status !== 507) || [408, 409, 423, 429].includes(status);
}

function explained(status, detail) {
  if (status === 401) return new SignedOut();
  return new Refusal(detail || `서버가 받지 않았습니다(${status}).`);
}
